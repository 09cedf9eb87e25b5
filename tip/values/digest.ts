import { hash, randomBytes } from 'node:crypto';

const processSecret = randomBytes(32).toString('base64');

/**
 * A digest to tell secrets apart by, of which nothing can be read or guessed: SHA-256 over a random
 * secret of this process and the parts. (`createHmac` turns its key into a key object each time, which
 * takes longer than all the rest of it.)
 */
export function keyedDigest(...parts: readonly string[]): string {
	return hash('sha256', JSON.stringify([processSecret, ...parts]), 'base64');
}
