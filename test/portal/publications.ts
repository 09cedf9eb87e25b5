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

/** Gives the body of a 200. */
type Method = (query: Map<string, string>, book: PublicationBook) => unknown;

/** The methods below `/api/publications/` (tip-api.md 7). */
export const publicationMethods: Record<string, Method> = {
	get_list: (query, book) => {
		const publications = book.list.filter((publication) => {
			const date = publication[assumed.publicationDateCompared];
			return (
				date >= Number(query.get('date_start') ?? 0) &&
				date <= Number(query.get('date_end') ?? Infinity)
			);
		});
		return ok({ count: publications.length, publications: publications.map(shown) });
	},
	get_one: (query, book) => {
		const publication = book.list.find((one) => one.id === query.get('publication_id'));
		if (publication === undefined) return refused('Publication not found');
		const asked = query.get('include_info')?.split(',') ?? [];
		const files = Object.entries(publication.files)
			.filter(([part]) => asked.includes('all') || asked.includes(part))
			.map(([part, file]) => [`report_${part}`, assumed.reportFile(file)]);
		return ok({ ...shown(publication), ...Object.fromEntries(files) });
	},
	get_master_ioc: (query, book) => master('ioc', query, book),
	get_master_yara: (query, book) => master('yara', query, book),
};

const master = (file: 'ioc' | 'yara', query: Map<string, string>, book: PublicationBook) =>
	ok({
		[`master_${file}`]: assumed.masterFile(book.master[file](query.get('report_group') ?? '')),
	});

/** As it is listed: without its files. */
function shown(publication: StandInPublication) {
	return {
		...publication,
		files: undefined,
		updated: assumed.publicationTime(publication.updated),
		published: assumed.publicationTime(publication.published),
	};
}

const ok = (return_data: unknown) => ({ status: 'ok', status_msg: '', return_data });
const refused = (status_msg: string) => ({
	status: assumed.refusedStatus,
	status_msg,
	return_data: {},
});
