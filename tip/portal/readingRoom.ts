/** Answers read at once in this process, in bytes: what one becomes in memory is several times as much. */
const ROOM_BYTES = 32 * 1024 * 1024;
/** Answers up to this size, in bytes, never wait. */
const SMALL_BYTES = 256 * 1024;

interface Waiting {
	readonly bytes: number;
	enter(): void;
}

/**
 * Where large answers are read: as many at once as there is room for, the others in their turn. Without
 * it fifty that arrive together would end a process whose memory is enough for each of them.
 */
export class ReadingRoom {
	#taken = 0;
	readonly #waiting: Waiting[] = [];

	constructor(private readonly bytes: number) {}

	/** Resolves when there is room; one answer always has it, however large it is. */
	async enter(bytes: number): Promise<void> {
		if (this.#waiting.length === 0 && this.#hasRoomFor(bytes)) this.#taken += bytes;
		else await new Promise<void>((enter) => this.#waiting.push({ bytes, enter }));
	}

	leave(bytes: number): void {
		this.#taken -= bytes;
		for (let [next] = this.#waiting; next && this.#hasRoomFor(next.bytes); [next] = this.#waiting) {
			this.#waiting.shift();
			this.#taken += next.bytes;
			next.enter();
		}
	}

	#hasRoomFor(bytes: number): boolean {
		return this.#taken === 0 || this.#taken + bytes <= this.bytes;
	}
}

const room = new ReadingRoom(ROOM_BYTES);

/** The place of one answer, from before it is parsed until nothing of it is needed any more. */
export class ReadingPlace {
	#bytes = 0;

	async enter(bytes: number): Promise<void> {
		if (bytes <= SMALL_BYTES) return;
		await room.enter(bytes);
		this.#bytes = bytes;
	}

	/** Once or often, entered or not. */
	leave(): void {
		if (this.#bytes > 0) room.leave(this.#bytes);
		this.#bytes = 0;
	}
}

/**
 * Reads an answer of so many bytes when there is room for it.
 *
 * @param given left by the caller, unless reading fails; without one, nothing of the answer counts afterwards
 */
export async function readInTurn<Answer>(
	bytes: number,
	given: ReadingPlace | undefined,
	read: () => Promise<Answer>,
): Promise<Answer> {
	const place = given ?? new ReadingPlace();
	await place.enter(bytes);
	let isRead = false;
	try {
		const answer = await read();
		isRead = true;
		return answer;
	} finally {
		if (!isRead || given === undefined) place.leave();
	}
}
