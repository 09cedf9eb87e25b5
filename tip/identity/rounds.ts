import { childrenOf, numberOf, objectIdOf, octetsOf, readElement, TAG, type Element } from './asn1';
import { certificateFault } from './faults';

/**
 * How much work a key or PFX demands before it opens. Files say it themselves, and a file that says
 * 50 million holds the one thread that serves everybody for half a minute.
 */

/** More is refused, in rounds. OpenSSL's own default is 2,048; the most careful programs use a million. */
const MOST_ROUNDS = 10_000_000;

const PBKDF2 = '1.2.840.113549.1.5.12';
const SCRYPT = '1.3.6.1.4.1.11591.4.11';
/** PBES1 (RFC 8018 A.3) and the ciphers of PKCS #12 (RFC 7292 C): salt, then rounds. */
const OLD_CIPHERS = /^1\.2\.840\.113549\.1\.(?:5\.(?:1|3|4|6|10|11)|12\.1\.[1-6])$/;

/** A PFX is a file in a file in a file, in sequences. */
const DEEPEST = 24;
/** Elements looked at; a PFX with a long chain has some hundred. */
const MOST_LOOKED_AT = 20_000;

/**
 * The rounds of all key derivations that a file in DER asks for, added up. What is inside an encrypted
 * part can't be seen.
 */
export function roundsIn(der: Buffer): number {
	let rounds = 0;
	let lookedAt = 0;
	const open: Array<[Element | undefined, number]> = [[readElement(der), 0]];
	while (open.length > 0 && lookedAt++ < MOST_LOOKED_AT) {
		const [element, depth] = open.pop()!;
		if (element === undefined || depth > DEEPEST) continue;
		const children = childrenOf(element);
		if (element.tag === TAG.sequence) rounds += algorithmRounds(children) + macRounds(children);
		for (const child of children) open.push([child, depth + 1]);
		// The parts of a PFX are files in byte strings, which may be written in pieces.
		if ((element.tag & 0x1f) === TAG.octetString) {
			const inner = octetsOf(element);
			if (inner[0] === TAG.sequence) open.push([readElement(inner), depth + 1]);
		}
	}
	return rounds;
}

/**
 * Before a key or PFX is given to OpenSSL, which does what the file demands.
 *
 * @throws TipError `certificate.tooManyRounds`
 */
export function checkRounds(der: Buffer): void {
	const rounds = roundsIn(der);
	if (rounds <= MOST_ROUNDS) return;
	throw certificateFault('certificate.tooManyRounds', undefined, {
		rounds: rounds.toLocaleString('en'),
		most: MOST_ROUNDS.toLocaleString('en'),
	});
}

/** AlgorithmIdentifier: what it is, and a sequence of its parameters (RFC 5280 4.1.1.2). */
function algorithmRounds([first, second]: Element[]): number {
	if (first?.tag !== TAG.objectId || second?.tag !== TAG.sequence) return 0;
	const id = objectIdOf(first);
	const numbers = childrenOf(second)
		.filter(({ tag }) => tag === TAG.integer)
		.map(numberOf);
	if (id === PBKDF2 || OLD_CIPHERS.test(id)) return numbers[0] ?? 0;
	if (id !== SCRYPT) return 0;
	const [cost = 0, blockSize = 0, parallel = 0] = numbers;
	// Each takes at least as long as a round of PBKDF2.
	return cost * blockSize * parallel;
}

/** MacData of a PFX: the checksum, its salt, and rounds (RFC 7292 section 4). */
function macRounds([digest, salt, rounds]: Element[]): number {
	const isMac =
		digest?.tag === TAG.sequence && salt?.tag === TAG.octetString && rounds?.tag === TAG.integer;
	return isMac ? numberOf(rounds) : 0;
}
