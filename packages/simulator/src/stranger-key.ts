import { generateKeyPairSync, type KeyObject } from 'node:crypto'

let made: KeyObject | undefined

/** A private key that nobody trusts. One for the whole process: making it takes longer than anything else here. */
export const strangerKey = (): KeyObject => (made ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
