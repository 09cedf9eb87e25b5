/**
 * Everything the stand-in portal had to choose because no source says it: what `tip-api.md` marks
 * U (unknown) or I (inferred). Nothing outside this file may be read as knowledge of the real
 * portal either way; and when a fact becomes known, this is the one file to correct.
 */
import { gzipSync } from 'node:zlib';
import type { Engine } from './records';

/** The error ids. Only `invalid-params` and `too-large-file` are confirmed (3.6). */
const errorIds: Record<number, string> = {
	400: 'invalid-params',
	401: 'unauthorized',
	403: 'forbidden',
	404: 'not-found',
	405: 'method-not-allowed',
	411: 'length-required',
	413: 'too-large-file',
	429: 'too-many-requests',
	451: 'unavailable-for-legal-reasons',
	500: 'internal-error',
	502: 'bad-gateway',
	503: 'service-unavailable',
	504: 'gateway-timeout',
};

const descriptions: Record<number, string> = {
	400: 'The query is not correct.',
	401: 'User authentication failed.',
	403: 'You do not have access to this service.',
	404: 'The specified task failed or hung. Run the query again later.',
	405: 'The method is not allowed here.',
	411: 'Content-Length is required.',
	429: 'Too many requests.',
	451: 'Unavailable for legal reasons.',
	503: 'The service is temporarily unavailable.',
};

export const assumed = {
	/**
	 * Error body. That a 400 holds `error` and `description` is confirmed (3.6); that every other
	 * refusal does too is assumed, and so is every id but `invalid-params` and `too-large-file`.
	 */
	errorBody(status: number, description?: string, error?: string) {
		return {
			error: error ?? errorIds[status] ?? `http-${status}`,
			description: description ?? descriptions[status] ?? `Status ${status}.`,
		};
	},

	/** 403 for an API token: the sense is confirmed (3.6), the exact words are not. */
	tokenRefused:
		'Running requests by using an API token is forbidden for this service. Use a certificate.',
	/** 403 for a request without a certificate, where TLS let it through (3.6: certificate required). */
	certificateRequired: 'A client certificate is required for this service.',

	/** 200 body of a rescan: unknown (3.6, "likely the task id"). A new id for every accepted job. */
	rescanAnswer(rescan: { engine: Engine; taskId: string; newTaskId: string }) {
		return { task_id: rescan.newTaskId, previous_task_id: rescan.taskId, engine: rescan.engine };
	},
	/** Form of a task id: unknown; a GUID on the sibling product (3.1). */
	newTaskId(number: number) {
		return `5ca1ab1e-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
	},

	/** GET /api/sandbox/channels: path confirmed; method, answer and names unknown (3.3). */
	channelsPath: '/api/sandbox/channels',
	channels: [
		{ name: 'EU', description: 'Europe' },
		{ name: 'Africa', description: 'Africa' },
		{ name: 'DE', description: 'Germany' },
		{ name: 'US', description: 'United States' },
	] as unknown,

	/** The `exec_env` method: exists; path, answer and names unknown (3.2). */
	execEnvPath: '/api/sandbox/exec_env',
	execEnv: ['Win7_x64', 'Win10_x64', 'Win11_x64', 'Android'] as unknown,

	/** How publications' times are written: unknown (7). */
	publicationTime: (seconds: number): unknown => seconds,
	/** Which date of a publication `date_start` and `date_end` are compared with: unknown (7). */
	publicationDateCompared: 'published' as 'published' | 'updated',
	/** `status` of a refusal: unknown; only `ok` is confirmed (7). */
	refusedStatus: 'error',
	/** How `report_pdf` and its siblings are encoded: unknown; master files are base64 of gzip (7). */
	reportFile: (content: string | Buffer) => gzipSync(content).toString('base64'),
	/** Confirmed (7). */
	masterFile: (content: string | Buffer) => gzipSync(content).toString('base64'),
	/** The columns and their types are confirmed (7.1), their names and the rows are made up. */
	masterIoc: (group: string) =>
		`UUID,Publication,Indicator,DetectionDate,IndicatorType\n1,'A report, of ${group}',${group}.example.com,2024-05-01,networkActivity\n`,
	/** What is in the master file of rules: unknown. */
	masterYara: (group: string) => `rule ${group}_sample { condition: true }\n`,

	/** Threat Lookup: the fields are those seen in clients (6); the values are made up. */
	lookups: {
		/** Clients read 404, and 400 too, as "nothing found" (6). */
		statusOfUnknown: 404,
		/** A lookup that finds nothing counts against the quota like any other: inferred (6). */
		everyRequestCounts: true,
		dayQuota: 1000,
		known: {
			'hash 44d88612fea8a8f36de82e1278abb02f': {
				Zone: 'Red',
				FileGeneralInfo: {
					Md5: '44D88612FEA8A8F36DE82E1278ABB02F',
					Sha1: '3395856CE81F2B7382DEE72602F798B642F14140',
					Sha256: '275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F',
					Size: 68,
					Type: 'text',
					HitsCount: 10000,
					Categories: ['CATEGORY_TEST'],
					HasApt: false,
					RelatedAptReports: [],
				},
				DetectionsInfo: [
					{
						DetectionName: 'EICAR-Test-File',
						DescriptionUrl: 'https://threats.example.com/EICAR-Test-File',
						LastDetectDate: '2026-01-02T03:04Z',
						DetectionMethod: 'FileAntivirus',
					},
					{ DetectionName: 'EICAR-Test-File', DetectionMethod: 'WebAntivirus' },
				],
				FileNames: [{ FileName: 'eicar.com' }, { FileName: 'eicar.txt' }],
				Industries: ['Finance'],
			},
			'ip 203.0.113.7': {
				Zone: 'Orange',
				IpGeneralInfo: {
					Ip: '203.0.113.7',
					CountryCode: 'ZZ',
					ThreatScore: 71,
					HitsCount: 10,
					Categories: ['CATEGORY_BOTNET_CNC'],
					HasApt: false,
					RelatedAptReports: [],
				},
				IpDnsResolutions: [
					{
						Domain: 'bad.example.com',
						Zone: 'Red',
						FirstSeen: '2025-01-01T00:00Z',
						LastSeen: '2026-01-01T00:00Z',
					},
				],
			},
			'ip 2001:db8::7': { Zone: 'Yellow', IpGeneralInfo: { Ip: '2001:db8::7', Categories: [] } },
			'domain bad.example.com': {
				Zone: 'Red',
				DomainGeneralInfo: {
					Domain: 'bad.example.com',
					HitsCount: 100,
					Categories: ['CATEGORY_MALWARE', 'CATEGORY_APT'],
					HasApt: true,
					RelatedAptReports: [{ Id: 'a1b2', Title: 'An example of a campaign' }],
				},
			},
			'domain example.com': { Zone: 'Green', DomainGeneralInfo: { Domain: 'example.com' } },
			'domain grey.example.com': { Zone: 'gray', DomainGeneralInfo: { HitsCount: 1 } },
			'domain xn--bcher-kva.example': { Zone: 'Grey', DomainGeneralInfo: {} },
			'url bad.example.com/a b?x=1': {
				Zone: 'Red',
				UrlGeneralInfo: {
					Url: 'bad.example.com/a b?x=1',
					Host: 'bad.example.com',
					Categories: ['CATEGORY_PHISHING'],
					HasApt: false,
					RelatedAptReports: [],
				},
			},
			'url 203.0.113.7': { Zone: 'Orange', UrlGeneralInfo: { Host: '203.0.113.7' } },
		} as Record<string, Record<string, unknown>>,
	},
	/** OpenTIP (opentip-api.md): the fields are those of real answers (3); the values are made up. */
	openTip: {
		/** 24 characters of base64, which may hold + and / (2). */
		token: 'A+b/C0d1E2f3G4h5I6j7KQ==',
		/** In which form it refuses is unknown (6): here as web frameworks do. */
		refusal: (status: number) => ({
			contentType: 'application/problem+json',
			body: JSON.stringify({ title: `Status ${status}`, status }),
		}),
		/** What getresult/file answers for a file that was handed in is unknown (4, 11). */
		pollsInProgress: 1,
		cleanFile: {
			Zone: 'Green',
			FileGeneralInfo: { FileStatus: 'NoThreats', Type: 'text' },
			DetectionsInfo: [],
		} as Record<string, unknown>,
		/** What it answers for a hash that nobody knows: 404 or 200 with "not started" (4.2). */
		unknownFile: { status: 404 } as { status: 404 } | { body: Record<string, unknown> },
		known: {
			'hash 44d88612fea8a8f36de82e1278abb02f': {
				Zone: 'Red',
				FileGeneralInfo: {
					FileStatus: 'Malware',
					Sha1: '3395856CE81F2B7382DEE72602F798B642F14140',
					Md5: '44D88612FEA8A8F36DE82E1278ABB02F',
					Sha256: '275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F',
					FirstSeen: '2024-02-02T15:17:00Z',
					LastSeen: '2026-02-02T15:17:00Z',
					Size: 68,
					Type: 'text',
					HitsCount: 10000,
				},
				DetectionsInfo: [
					{
						LastDetectDate: '2026-01-02T03:04:05.678Z',
						DescriptionUrl: 'https://threats.example.com/EICAR-Test-File',
						Zone: 'Red',
						DetectionName: 'EICAR-Test-File',
						DetectionMethod: 'HEUR',
					},
				],
			},
			'ip 203.0.113.7': {
				Zone: 'Orange',
				IpGeneralInfo: {
					Status: 'known',
					CountryCode: 'ZZ',
					HitsCount: 10,
					FirstSeen: '2024-01-01T00:00:00Z',
					Ip: '203.0.113.7',
					CategoriesWithZone: [{ Name: 'CATEGORY_BOTNET_CNC', Zone: 'Red' }],
				},
				IpWhoIs: { Asn: [{ Number: 64500, Description: ['EXAMPLE'] }] },
			},
			'domain bad.example.com': {
				Zone: 'Red',
				DomainGeneralInfo: {
					Domain: 'bad.example.com',
					FilesCount: 1,
					HitsCount: 100,
					Categories: ['CATEGORY_MALWARE'],
				},
			},
			'domain example.com': { Zone: 'Green', DomainGeneralInfo: { Domain: 'example.com' } },
			'domain grey.example.com': { Zone: 'Grey' },
			'url bad.example.com/a b?x=1': {
				Zone: 'Red',
				UrlGeneralInfo: {
					Url: 'bad.example.com/a b?x=1',
					Host: 'bad.example.com',
					Categories: ['CATEGORY_PHISHING'],
				},
			},
		} as Record<string, Record<string, unknown>>,
	},
	/** An API token's form is unknown. */
	token: 'tip-token.0123456789abcdefghijklmnopqrstuvwxyz',

	/** 400 when a PUT without body carries one after all; 411 when it names no length. */
	statusForBody: 400,
	statusForNoLength: 411,
	/** `+` in a query means a space, as in most servers, so a client has to write `%2B`. */
	plusMeansSpace: true,
	/** The account is checked before the path and the parameters. */
	authenticateHeader: 'Basic realm="Kaspersky Threat Intelligence Portal"',
	/** Redirects do not occur in any source; scripts use this status unless told otherwise. */
	redirectStatus: 307,
	/** How long the portal keeps an idle connection: unknown. */
	keepAliveTimeoutMs: 60_000,

	/** Task ids that start so are answered with this status (a convention of these tests). */
	taskPrefixes: { 'missing-': 404, 'legal-': 451, 'forbidden-': 403 } as Record<string, number>,
};
