import { z } from 'zod'
import {
  checkCommonRules,
  type CommonConfig,
  type CommonRuleOptions,
  commonConfigShape,
  ConfigError,
  parseConfigText,
} from '../../src/config/index.ts'

const schema = z.strictObject(commonConfigShape)

export type Tree = { [key: string]: unknown }

export const CALLER = {
  name: 'node-eu-1',
  platform: 'cobo',
  dialects: ['cobo-v2'],
  organisation: 'acme',
  pubkey_path: 'node.pub',
}
export const LISTENER = { listen: '127.0.0.1:11020', dialects: ['cobo-v1', 'cobo-v2'] }
export const TLS = { cert: 'tls/server.pem', key: 'tls/server.key' }

export const minimal = (changes: Tree = {}): Tree => ({
  service_name: 'quorum-gateway',
  profile: 'single-host',
  callback: [LISTENER],
  identity: { private_key: 'keys/gateway.pem' },
  callers: [CALLER],
  data_dir: './data',
  ...changes,
})

/** JSON is YAML: what is tested here are values, not layout. */
export const parse = (tree: Tree, options: CommonRuleOptions = {}): CommonConfig =>
  parseConfigText(JSON.stringify(tree), 'a.yaml', schema, {}, (config) => checkCommonRules(config, options)).value

/** The problems without their positions, one a line; empty when there is none. */
export function problems(tree: Tree, options: CommonRuleOptions = {}): string {
  try {
    parse(tree, options)
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map((text) => text.replace(/^a\.yaml:\d+:\d+ /, '')).join('\n')
    throw error
  }
  return ''
}

export const withListener = (changes: Tree, rest: Tree = {}) =>
  minimal({ callback: [{ ...LISTENER, ...changes }], ...rest })
export const withCaller = (changes: Tree) => minimal({ callers: [{ ...CALLER, ...changes }] })
