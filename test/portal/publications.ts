import { assumed } from './assumed';

/** A report as the stand-in portal keeps it; names are those of tip-api.md 7. */
export interface StandInPublication {
	id: string;
	/** Unix seconds; how they are written is `assumed`. */
	updated: number;
	published: number;
	name: string;
	desc: string;
	report_group: 'apt' | 'fin';
	tags: string[];
	tags_industry: string[];
	tags_geo: string[];
	tags_actors: string[];
	/** Handed out by `get_one`, each when `include_info` asks for it. */
	files: Partial<Record<PublicationPart, string | Buffer>>;
}

export type PublicationPart = 'execsum' | 'iocs' | 'pdf' | 'yara';

const PARTS: readonly PublicationPart[] = ['execsum', 'iocs', 'pdf', 'yara'];
const GROUPS = ['apt', 'fin', 'all'];

/** The reports the portal has. Tests add to it and change it while the portal runs. */
export class PublicationBook {
	list: StandInPublication[] = [];
	master: Record<'ioc' | 'yara', (group: string) => string | Buffer> = {
		ioc: assumed.masterIoc,
		yara: assumed.masterYara,
	};

	/** Adds a report; what is left out is made up. */
	publish(given: Partial<StandInPublication> & { id: string }): StandInPublication {
		const published = given.published ?? Math.floor(Date.now() / 1000);
		const publication: StandInPublication = {
			updated: published,
			published,
			name: `Report ${given.id}`,
			desc: `What report ${given.id} is about`,
			report_group: 'apt',
			tags: [],
			tags_industry: [],
			tags_geo: [],
			tags_actors: [],
			files: {},
			...given,
		};
		this.list.push(publication);
		return publication;
	}
}

/** What a method answers: the body of a 200, or the sentence of a 400. */
export type PublicationAnswer = { body: unknown } | { problem: string };

type Method = (query: Map<string, string>, book: PublicationBook) => PublicationAnswer;

/** The methods below `/api/publications/` with their documented parameters (tip-api.md 7). */
export const publicationMethods: Record<string, { parameters: string[]; answer: Method }> = {
	get_list: {
		parameters: ['date_start', 'date_end'],
		answer: (query, book) => {
			const start = query.get('date_start') ?? '0';
			const end = query.get('date_end') ?? '9999999999';
			if (!/^\d{1,10}$/.test(start)) return { problem: 'date_start must be Unix time' };
			if (!/^\d{1,10}$/.test(end)) return { problem: 'date_end must be Unix time' };
			const publications = book.list.filter((publication) => {
				const date = publication[assumed.publicationDateCompared];
				return date >= Number(start) && date <= Number(end);
			});
			return ok({ count: publications.length, publications: publications.map(shown) });
		},
	},
	get_one: {
		parameters: ['publication_id', 'include_info', 'lang'],
		answer: (query, book) => {
			const id = query.get('publication_id');
			if (id === undefined) return { problem: 'publication_id is required' };
			const parts = query.get('include_info')?.split(',') ?? [];
			const foreign = parts.find((part) => part !== 'all' && !PARTS.includes(part as never));
			if (foreign !== undefined) return { problem: `include_info does not know ${foreign}` };
			const publication = book.list.find((one) => one.id === id);
			if (publication === undefined) return refused('Publication not found');
			const files = PARTS.filter((part) => parts.includes('all') || parts.includes(part)).flatMap(
				(part) => {
					const file = publication.files[part];
					return file === undefined ? [] : [[`report_${part}`, assumed.reportFile(file)]];
				},
			);
			return ok({ ...shown(publication), ...Object.fromEntries(files) });
		},
	},
	get_master_ioc: { parameters: ['report_group'], answer: master('ioc') },
	get_master_yara: { parameters: ['report_group'], answer: master('yara') },
};

/** Checks names as the other methods of the portal do, and answers. */
export function answerPublications(
	method: string,
	pairs: Array<[string, string]>,
	book: PublicationBook,
): PublicationAnswer {
	const { parameters, answer } = publicationMethods[method]!;
	const query = new Map(pairs);
	const foreign = pairs.find(([name]) => !parameters.includes(name));
	if (foreign) return { problem: `Unknown parameter: ${foreign[0]}` };
	if (query.size < pairs.length) return { problem: 'A parameter is given more than once' };
	return answer(query, book);
}

function master(file: 'ioc' | 'yara'): Method {
	return (query, book) => {
		const group = query.get('report_group') ?? '';
		if (!GROUPS.includes(group)) return { problem: `report_group must be one of ${GROUPS}` };
		return ok({ [`master_${file}`]: assumed.masterFile(book.master[file](group)) });
	};
}

/** As it is listed: without its files. */
function shown(publication: StandInPublication) {
	return {
		...publication,
		files: undefined,
		updated: assumed.publicationTime(publication.updated),
		published: assumed.publicationTime(publication.published),
	};
}

const ok = (return_data: unknown) => ({ body: { status: 'ok', status_msg: '', return_data } });
const refused = (status_msg: string) => ({
	body: { status: assumed.refusedStatus, status_msg, return_data: {} },
});
