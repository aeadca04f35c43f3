import { describe, expect, test } from 'vitest'
import { runCommandLine } from './command-line.ts'

const COMMANDS = [
  'gateway',
  'limits',
  'sanctions',
  'business-lookup',
  'integrity',
  'check-config',
  'doctor',
  'keys generate',
  'admin-token',
  'simulate',
  'simulate-co-signer',
  'freeze',
  'unfreeze',
  'demo',
  'limits usage',
  'limits reservations',
  'limits simulate',
  'limits backtest',
  'limits propose',
  'limits propose exception',
  'limits propose adjustment',
  'limits propose release',
  'limits propose confirm',
  'limits proposals',
  'limits approve',
  'limits refuse',
  'limits confirm',
  'limits recount',
  'limits export',
] as const

const helpOf = (command: string) => runCommandLine([...command.split(' '), '--help'])

describe('help', () => {
  test('names every command', async () => {
    const { exitCode, stdout, stderr } = await runCommandLine(['--help'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command.replace(/ .*/, '')} `, 'm'))
  })

  test.each(COMMANDS)('of %s has an example', async (command) => {
    const { exitCode, stdout } = await helpOf(command)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(new RegExp(`Examples:\\n  \\$ callback-quorum ${command}\\b`))
  })

  test('has no line that a terminal of 120 columns breaks', async () => {
    for (const command of COMMANDS) {
      const { stdout } = await helpOf(command)
      expect(stdout.split('\n').filter((line) => line.length > 120)).toEqual([])
    }
  })
})

test('--version prints the version of the package', async () => {
  expect(await runCommandLine(['--version'])).toEqual({ exitCode: 0, stdout: '0.1.0\n', stderr: '' })
})

describe('a wrong command line ends with 64 and says what is wrong', () => {
  test.each([
    [[], /Usage: callback-quorum/],
    [['gatewy'], /unknown command 'gatewy'\n\(Did you mean gateway\?\)/],
    [['keys', 'make'], /unknown command 'make'/],
    [['limits'], /required option '-c, --config <file>' not specified/],
    [['limits', '--config', 'x.yaml', '--colour'], /unknown option '--colour'/],
    [['limits', '--config', 'x.yaml', 'twice'], /too many arguments/],
    [['keys', 'generate', '--dir', 'x', '--name', 'a', '--bits', '1024'], /Allowed choices are 2048, 3072, 4096/],
    [['admin-token', '--name', 'ops', '--role', 'root'], /Allowed choices are viewer, operator, approver/],
    [['admin-token', '--name', 'Ops Team', '--role', 'viewer'], /--name Ops Team: expected a-z, 0-9 and -/],
    [['limits', 'usge', '--config', 'x.yaml'], /too many arguments|unknown command/],
    [['limits', 'usage'], /required option '-t, --token-file <file>' not specified/],
    [['limits', 'usage', '--token-file', 'y'], /expected one of --config and --admin-url/],
    [['limits', 'reservations', '--token-file', 'y', '--state', 'open'], /Allowed choices are held, committed/],
    [['limits', 'approve', '--token-file', 'y', '--admin-url', 'http://x', 'seven'], /seven is no id of a proposal/],
    [['limits', 'export', '--token-file', 'y', '--month', '2026-13', '--to', 'z'], /Expected a month such as 2026-10/],
    [['limits', 'propose', 'adjustment', '--token-file', 'y', '--dimension', 'wallet'], /Expected name=value/],
    [['limits', 'propose', 'confirm', '--token-file', 'y', '--actual', 'ETH:1'], /Expected asset=amount@destination/],
    [['limits', 'propose', 'reset'], /unknown command 'reset'/],
    [['freeze', '--config', 'x.yaml', '--token-file', 'y'], /--reason is missing/],
    [['freeze', '--token-file', 'y', '--status'], /expected one of --config and --admin-url/],
    [['freeze', '--admin-url', 'localhost', '--token-file', 'y', '--status'], /expected http:\/\/host:port/],
    [['freeze', '--admin-url', 'http://x', '--token-file', 'y', '--status', '--reason', 'z'], /takes no --reason/],
    [['simulate', '--key', 'x'], /required option '-s, --server <url=pubkey>' not specified/],
    [['simulate', '--key', 'x', '--server', 'http://x/v2/check=y'], /expected --make, --package or --monitor/],
    [['simulate', '--key', 'x', '--server', 'y', '--make', 'v3-keysign'], /Allowed choices are v1-ping/],
    [['simulate', '--key', 'x', '--server', 'y', '--make', 'v2-ping', '--package', 'z'], /cannot be used with option/],
    [['simulate', '--key', 'x', '--server', 'y', '--make', 'v2-ping', '--retry-times', '-1'], /whole number from 0/],
    [['simulate', '--key', 'x', '--server', 'y', '--make', 'v2-ping', '--request-timeout', '10'], /500ms, 8s or 2m/],
    [
      ['simulate', '--key', 'x', '--server', 'y', '--make', 'v2-keysign', '--token', 'DOGE'],
      /no token DOGE; expected ETH,/,
    ],
    [
      [
        'simulate',
        '--key',
        'x',
        '--server',
        'y',
        '--make',
        'v2-keysign',
        '--amount',
        '1.1234567',
        '--token',
        'ETH_USDT',
      ],
      /--make v2-keysign/,
    ],
    [['demo', '--port', '80'], /whole number from 1024/],
  ])('%j', async (args, message) => {
    const { exitCode, stdout, stderr } = await runCommandLine(args)
    expect(stderr).toMatch(message)
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' })
  })
})

describe('a wrong configuration ends with 78', () => {
  test.each(['gateway', 'limits', 'sanctions', 'business-lookup', 'integrity'])('of %s', async (service) => {
    const { exitCode, stderr } = await runCommandLine([service, '--config', '/does/not/exist.yaml'])
    expect(stderr).toMatch(/^\/does\/not\/exist\.yaml:1:1 .*cannot be read \(ENOENT\)/)
    expect(exitCode).toBe(78)
  })
})

test('errors are red on a terminal only, and not when NO_COLOR is set', async () => {
  const redden = async (isTTY: boolean, env: Record<string, string>): Promise<boolean> => {
    let stderr = ''
    await runCommandLine(['gatewy'], { env, stderr: { isTTY, write: (text) => (stderr += text) } })
    return stderr.includes('\u001b[31m')
  }
  expect(await redden(true, {})).toBe(true)
  expect(await redden(false, {})).toBe(false)
  expect(await redden(true, { NO_COLOR: '1' })).toBe(false)
})
