import type { CommonRuleOptions } from '../../src/config/index.ts'
import { minimal, problems, type Tree } from './minimal-config.ts'

export const JWT_LISTENER = { listen: '127.0.0.1:11020', dialects: ['fireblocks-jwt'] }
export const JSON_LISTENER = { listen: '127.0.0.1:11021', dialects: ['fireblocks-json'], allow_from: ['10.0.0.7/32'] }

const CALLER = { platform: 'fireblocks', organisation: 'acme', signer_ids: { 'api-1': 'signer' } }
export const JWT_CALLER = { ...CALLER, name: 'cosigner-1', dialects: ['fireblocks-jwt'], pubkey_path: 'cosigner.pub' }
export const JSON_CALLER = { ...CALLER, name: 'cosigner-2', dialects: ['fireblocks-json'] }

/** Both listeners; the problems of these callers, one a line. */
export const problemsOf = (callers: readonly Tree[], rest: Tree = {}, options: CommonRuleOptions = {}): string =>
  problems(minimal({ callback: [JWT_LISTENER, JSON_LISTENER], callers, ...rest }), options)

export const ofJwt = (changes: Tree): string => problemsOf([{ ...JWT_CALLER, ...changes }])
export const ofJson = (changes: Tree): string => problemsOf([{ ...JSON_CALLER, ...changes }])
