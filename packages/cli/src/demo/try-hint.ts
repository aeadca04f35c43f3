import type { BookedWithdrawal } from '../constellation/business-system.ts'
import { planOf, type DemoConfiguration } from '../constellation/configuration.ts'

const COBO_TOKENS = { ETH: 'ETH', USDT: 'ETH_USDT' } as const

/** What to try while everything is up: a withdrawal that waits for its second pair of eyes, and the command that sends it. */
export function tryHint(
  { reference, customer, currency, amount, address }: BookedWithdrawal,
  pageUrl: string,
  configuration: DemoConfiguration,
): readonly string[] {
  const gateway = planOf(configuration, 'gateway')
  const server = quoted(`${gateway.callbackUrl}/v2/check=${gateway.key.publicPath}`)
  const payment = `--to ${address} --amount ${amount} --token ${COBO_TOKENS[currency]} --reference ${reference}`
  return [
    'Try it: send a payment that waits for its approval, as the TSS node would. It is rejected.',
    `  npm run -s callback-quorum -- simulate --server ${server} \\`,
    `    --key ${quoted(configuration.node.key.privatePath)} --make v2-keysign \\`,
    `    ${payment}`,
    `Then approve ${reference} (${customer}) on ${pageUrl} and send it again. Or add a withdrawal of your own there.`,
    '',
  ]
}

/** For a POSIX shell. */
const quoted = (text: string): string =>
  /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
