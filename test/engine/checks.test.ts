import type { IDataObject } from 'n8n-workflow';
import { startPortal, type Portal } from '../portal';
import { runRescan } from './rescanWorkflow';

/** What is refused before anything is sent, and what is taken although it looks odd. */
describe('Checked before sending', () => {
	let portal: Portal;
	beforeAll(async () => {
		portal = await startPortal();
	});
	afterEach(() => portal.reset());
	afterAll(() => portal.close());

	const refused: Array<[field: string, resource: string, fields: IDataObject, RegExp, RegExp]> = [
		[
			'exec_time below',
			'sandbox',
			{ exec_time: 29 },
			/'Execution Time \(Seconds\)' is 29, outside 30 to 500/,
			/30 to 500/,
		],
		['exec_time above', 'sandbox', { exec_time: 501 }, /is 501, outside 30 to 500/, /30 to 500/],
		[
			'exec_time fraction',
			'sandbox',
			{ exec_time: 60.5 },
			/is 60.5, not a whole number/,
			/30 to 500/,
		],
		[
			'exec_time words',
			'sandbox',
			{ exec_time: '={{ "2 min" }}' },
			/is '2 min', not a whole number/,
			/30 to 500/,
		],
		[
			'file_ext with dot',
			'tae',
			{ file_ext: '.exe' },
			/'File Extension' starts with a dot/,
			/Write 'exe'/,
		],
		['file_ext inner dot', 'tae', { file_ext: 'tar.gz' }, /has a dot in it/, /'gz'/],
		[
			'file_ext long',
			'sandbox',
			{ file_ext: 'abcdefghijk' },
			/has 11 characters, more than the 10/,
			/extension alone/,
		],
		[
			'file_ext empty',
			'sandbox',
			{ file_ext: '' },
			/'File Extension' is empty/,
			/remove the field/,
		],
		[
			'cmd_line long',
			'sandbox',
			{ cmd_line: 'x'.repeat(1025) },
			/'Command Line' has 1025 characters/,
			/cut it without a word.*1024/,
		],
		[
			'url relative',
			'tae',
			{ url: 'files.example.com/a.exe' },
			/'URL' is not an absolute web address/,
			/https:\/\//,
		],
		[
			'url path',
			'sandbox',
			{ url: '/a.exe' },
			/'URL' is not an absolute web address/,
			/https:\/\//,
		],
		[
			'boolean words',
			'sandbox',
			{ decrypt_https: '={{ "yes" }}' },
			/'Decrypt HTTPS' is 'yes', not true or false/,
			/true or false/,
		],
		[
			'processing_type',
			'tae',
			{ processing_type: '={{ "zip" }}' },
			/'Processing Type' is 'zip'/,
			/exec-only, unzip-and-exec/,
		],
		[
			'unzip_password',
			'tae',
			{ processing_type: '={{ "exec-only" }}', unzip_password: 'infected' },
			/'Unzip Password' is set while 'Processing Type' is 'exec-only'/,
			/remove the password/,
		],
		[
			'list for a text',
			'sandbox',
			{ cmd_line: '={{ ["a"] }}' },
			/'Command Line' is a list, not text/,
			/Give it a text/,
		],
		[
			'half a character',
			'sandbox',
			{ cmd_line: '={{ "\\ud83d" }}' },
			/'Command Line' holds half of a character/,
			/emoji/,
		],
	];

	it.each(refused)('%s', async (_name, resource, additionalFields, message, advice) => {
		const { error } = await runRescan({
			credential: portal.credential,
			parameters: { resource, additionalFields },
		});
		expect(error?.message).toMatch(message);
		expect(error?.message).toMatch(/\[item 0\]$/);
		expect(error?.description).toMatch(advice);
		expect(error?.context).toMatchObject({ itemIndex: 0, outcome: 'notSent' });
		expect(portal.requests).toHaveLength(0);
	});

	it.each([
		['empty', '   ', /'Task ID' is empty/],
		['one dot', '.', /'Task ID' is '\.'/],
		['two dots', '..', /'Task ID' is '\.\.'/],
		['over-long', 'x'.repeat(257), /'Task ID' has 257 characters, more than the 256/],
		['missing in the item', undefined, /'Task ID' is empty/],
	])('a task id that is %s', async (_name, task, message) => {
		const { error } = await runRescan({ credential: portal.credential, items: [{ task }] });
		expect(error?.message).toMatch(message);
		expect(portal.requests).toHaveLength(0);
	});

	const taken: Array<[name: string, fields: IDataObject, query: Record<string, string>]> = [
		['a number in a text', { exec_time: '={{ " 60 " }}' }, { exec_time: '60' }],
		['bounds', { exec_time: 30 }, { exec_time: '30' }],
		['upper bound', { exec_time: 500 }, { exec_time: '500' }],
		['a boolean in a text', { decrypt_https: '={{ "False" }}' }, { decrypt_https: 'false' }],
		['ten letters', { file_ext: 'abcdefghij' }, { file_ext: 'abcdefghij' }],
		['1024 characters', { cmd_line: 'x'.repeat(1024) }, { cmd_line: 'x'.repeat(1024) }],
		[
			'a password of an archive kept from before',
			{ unzip_password: 'a b+c' },
			{ unzip_password: 'a b+c' },
		],
		['a number as an extension', { file_ext: '={{ 7 }}' }, { file_ext: '7' }],
	];

	it.each(taken)('takes %s', async (_name, additionalFields, query) => {
		const { error } = await runRescan({
			credential: portal.credential,
			parameters: { additionalFields },
		});
		expect(error).toBeUndefined();
		expect(portal.requests[0]!.query).toEqual(query);
	});

	it('hides the password of an archive when the type is chosen as "execute only"', async () => {
		// n8n drops the value of a hidden field, as the editor does when it hides it.
		await runRescan({
			credential: portal.credential,
			parameters: { additionalFields: { processing_type: 'exec-only', unzip_password: 'x' } },
		});
		expect(portal.requests[0]!.query).toEqual({ processing_type: 'exec-only' });
	});

	it('sends nothing at all when one item of many is bad, and names that item', async () => {
		const { error } = await runRescan({
			credential: portal.credential,
			items: [{ task: 'a' }, { task: 'b' }, { task: '' }, { task: 'd' }],
		});
		expect(error?.message).toBe("'Task ID' is empty [item 2]");
		expect(error?.description).toMatch(/Nothing was sent/);
		expect(portal.requests).toHaveLength(0);
	});

	it('sends the others when the node is set to continue', async () => {
		const { items } = await runRescan({
			credential: portal.credential,
			items: [{ task: 'a' }, { task: '' }, { task: 'c' }],
			settings: { onError: 'continueRegularOutput' },
		});
		expect(items.map(({ json }) => json.outcome ?? 'accepted')).toEqual([
			'accepted',
			'notSent',
			'accepted',
		]);
		expect(items[1]!.json).toMatchObject({ error: "'Task ID' is empty", retryable: false });
		expect(
			portal
				.rescans()
				.map(({ taskId }) => taskId)
				.sort(),
		).toEqual(['a', 'c']);
	});

	it('gives a bad item its own reason when the node continues and nothing can be sent', async () => {
		const { items } = await runRescan({
			credential: { ...portal.credential, password: '' },
			items: [{ task: 'a' }, { task: '' }],
			settings: { onError: 'continueRegularOutput' },
		});
		expect(items.map(({ json }) => json.error)).toEqual([
			"'Password' is empty in the credential",
			"'Task ID' is empty",
		]);
		expect(portal.requests).toHaveLength(0);
	});

	it.each([
		[{ concurrency: -1 }, /'Concurrency' is -1, outside 0 to 50/],
		[{ concurrency: 51 }, /'Concurrency'/],
		[{ timeout: 0 }, /'Timeout \(Seconds\)'/],
		[{ maxRetries: 1.5 }, /'Max Retries'/],
		[{ requestsPerMinute: '={{ "many" }}' }, /'Requests per Minute'/],
	])('options %j', async (options, message) => {
		const { error } = await runRescan({ credential: portal.credential, parameters: { options } });
		expect(error?.message).toMatch(message);
		expect(portal.requests).toHaveLength(0);
	});

	it.each([
		['http', { baseUrl: 'http://localhost:1' }, /'Base URL' begins with 'http:\/\/'/],
		['not an address', { baseUrl: 'portal' }, /'Base URL' is not a web address/],
		['a query', { baseUrl: 'https://localhost/?x=1' }, /'Base URL' has a part after/],
		[
			'a password inside',
			{ baseUrl: 'https://u:hidden-pw@localhost/' },
			/'Base URL' holds a user name/,
		],
		['no user name', { username: '' }, /'Username' is empty in the credential/],
		['no password', { password: '' }, /'Password' is empty in the credential/],
		['no certificate', { certificate: '' }, /certificate/i],
	])('a credential with %s', async (_name, changes, message) => {
		const { error } = await runRescan({ credential: { ...portal.credential, ...changes } });
		expect(error?.message).toMatch(message);
		expect(error?.description).toBeTruthy();
		expect(JSON.stringify(error)).not.toContain('hidden-pw');
		expect(portal.requests).toHaveLength(0);
	});
});
