import { Option } from 'commander'

export type OutputFormat = 'text' | 'json'

/** `--output text|json`, of every command that prints something for people. */
export const outputOption = (): Option =>
  new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text')
