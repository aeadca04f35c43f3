import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCommandLine } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** The commands of the README and what it says they print. */
async function examplesOfReadme(): Promise<
  readonly (readonly [input: string, args: readonly string[], output: string])[]
> {
  const readme = await readFile(join(import.meta.dirname, '../../../README.md'), 'utf8')
  const matches = readme.matchAll(/^\$ echo (\S+) \| callback-quorum (decode [^\n]+) -\n([^]*?)(?=\n\n|\n```)/gm)
  return [...matches].map(([, input = '', command = '', output = '']) => [input, [...command.split(' '), '-'], output])
}

test('the examples of the README print what it says, one for each chain', async () => {
  const examples = await examplesOfReadme()
  expect(examples.map(([, [, , chain]]) => chain)).toEqual(['evm', 'bitcoin', 'tron', 'solana'])
  for (const [input, args, output] of examples) {
    const { exitCode, stdout, stderr } = await runCommandLine(args, { readStdin: () => Promise.resolve(`${input}\n`) })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toBe(`${output}\n`)
  }
})

const LEGACY = '0xe980842ffee68f825208940f76f604fd7762bd94b48ca2523f69ab9665c97f865af3107a400080018080'

describe('decode', () => {
  test('--output json: hashes as hex, amounts as text that loses no digit', async () => {
    const file = join(await temporaryFolder(), 'raw.hex')
    await writeFile(file, LEGACY)
    const { exitCode, stdout } = await runCommandLine(['decode', '--chain', 'evm', '--output', 'json', file])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      chain: 'ethereum',
      to_sign: [{ hash: '1acf0342f77d22389a9cf6524a2af14dc420928d2942efe0dc0764be2ea5321b' }],
      effects: [
        {
          effect: 'transfer',
          amount_atomic: '100000000000000',
          to: { text: '0x0f76F604fd7762Bd94B48CA2523F69ab9665c97f' },
        },
      ],
    })
  })
  test('bytes of a file, and a transaction for another chain id than the one that was asked for', async () => {
    const file = join(await temporaryFolder(), 'raw.bin')
    await writeFile(file, Buffer.from(LEGACY.slice(2), 'hex'))
    const { exitCode, stdout } = await runCommandLine(['decode', '--chain', 'base', file])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('for chain id 1, which is not base')
  })
  test('typed data as JSON', async () => {
    const typed = {
      types: { EIP712Domain: [], Order: [{ name: 'amount', type: 'uint256' }] },
      domain: {},
      primaryType: 'Order',
      message: { amount: '5' },
    }
    const { stdout } = await runCommandLine(['decode', '--chain', 'evm', '-'], {
      readStdin: () => Promise.resolve(JSON.stringify(typed)),
    })
    expect(stdout).toContain('UNKNOWN: a typed message Order(uint256 amount)')
  })
  test.each([
    ['what is no transaction', ['--chain', 'evm'], 'hello', 1, /TRANSACTION_UNSUPPORTED/],
    [
      'an input that nothing is known of',
      ['--chain', 'bitcoin'],
      '0100000001db6b1b20aa0fd7b23880be2ecbd4a98130974cf4748fb66092ac4d3ceb1a54770100000000feffffff01b8b4eb0b000000001976a914a457b684d7f0d539a46a45bbc043f35b59d0d96388ac92040000',
      1,
      /what an input spends is not described/,
    ],
    ['a chain that is not decoded', ['--chain', 'xrp'], '00', 1, /CHAIN_UNSUPPORTED/],
    ['a chain that nobody knows', ['--chain', 'etherium'], '00', 64, /is no chain of the asset file/],
    ['a prevout that is none', ['--chain', 'bitcoin', '--prevout', 'x'], '00', 64, /expected txid:vout:address:coins/],
  ])('refuses %s', async (_, args, input, expected, message) => {
    const { exitCode, stdout, stderr } = await runCommandLine(['decode', ...args, '-'], {
      readStdin: () => Promise.resolve(input),
    })
    expect({ exitCode, stdout }).toEqual({ exitCode: expected, stdout: '' })
    expect(stderr).toMatch(message)
  })
})
