import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { runCommandLine } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]
const SOON = { timeout: 20_000, interval: 50 }
const TAB = '\t'

function isThere(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const has = (shell: Shell): boolean => isThere(shell) && isThere('script')
const named = (shell: Shell): string =>
  has(shell) ? `in ${shell}` : `in ${shell} (needs the packages ${shell} and bsdutils)`

const scripts = new Map<Shell, string>()
beforeAll(async () => {
  for (const shell of SHELLS) {
    const { exitCode, stdout, stderr } = await runCommandLine(['completion', shell])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    scripts.set(shell, stdout)
  }
})

/** A folder with a configuration, a folder and something hidden by neither, and the script of the shell beside them. */
async function place(shell: Shell): Promise<{ readonly folder: string; readonly script: string }> {
  const parent = await temporaryFolder()
  const folder = join(parent, 'here')
  await mkdir(join(folder, 'key folder'), { recursive: true })
  await writeFile(join(folder, 'gateway one.yaml'), '')
  const script = join(parent, `completion.${shell}`)
  await writeFile(script, scripts.get(shell) ?? '')
  return { folder, script }
}

/** What each shell, asked as its own machinery asks, offers for the last word. */
const ASK: Readonly<Record<'bash' | 'fish', (script: string, words: readonly string[]) => readonly string[]>> = {
  bash: (script, words) => [
    '--norc',
    '-c',
    `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _callback_quorum; printf '%s\\n' "\${COMPREPLY[@]}"`,
    script,
    // bash takes the = of --option=value for a word.
    ...words.flatMap((word) =>
      /^--[a-z-]+=/.test(word) ? word.split(/(=)/).filter((part, at) => at < 2 || part !== '') : [word],
    ),
  ],
  fish: (script, words) => ['--no-config', '-c', `source $argv[1]; complete -C $argv[2]`, script, words.join(' ')],
}

async function offered(shell: 'bash' | 'fish', ...words: readonly string[]): Promise<readonly string[]> {
  const { folder, script } = await place(shell)
  const { stdout } = await promisify(execFile)(shell, [...ASK[shell](script, ['callback-quorum', ...words])], {
    cwd: folder,
  })
  const lines = stdout.split('\n').filter((line) => line !== '')
  return lines.map((line) => (line.split('\t')[0] ?? '').replace(/^--[a-z-]+=/, ''))
}

describe.each(['bash', 'fish'] as const)('%s', (shell) => {
  describe.runIf(has(shell))(named(shell), () => {
    test('offers commands, and of a command those beneath it', async () => {
      expect(await offered(shell, 'st')).toEqual(['status'])
      expect(await offered(shell, 'limits', 'propose', '')).toEqual(
        expect.arrayContaining(['exception', 'adjustment', 'release', 'confirm']),
      )
      expect(await offered(shell, 'limits', 'propose', '')).not.toContain('usage')
      expect(await offered(shell, '')).not.toContain('business-system')
    })

    test('offers the options of the command alone', async () => {
      expect(await offered(shell, 'tss-config', '--ga')).toEqual(['--gateway'])
      expect(await offered(shell, 'status', '--ga')).toEqual([])
      expect(await offered(shell, 'limits', 'reservations', '--st')).toEqual(['--state'])
    })

    test('offers the choices of an option, in either spelling, and nothing else', async () => {
      expect([...(await offered(shell, 'status', '--output', ''))].sort()).toEqual(['json', 'text'])
      expect(await offered(shell, 'status', '-o', 'j')).toEqual(['json'])
      expect(await offered(shell, 'status', '--output=j')).toEqual(['json'])
      expect(await offered(shell, 'admin-token', '--role', 'ap')).toEqual(['approver'])
      expect(await offered(shell, 'completion', 'z')).toEqual(['zsh'])
    })

    test('offers files where a file is expected, folders where a folder is, and neither elsewhere', async () => {
      expect(await offered(shell, 'status', '--config', 'gat')).toEqual(['gateway one.yaml'])
      expect(await offered(shell, 'keys', 'generate', '--dir', 'ke')).toEqual([
        shell === 'fish' ? 'key folder/' : 'key folder',
      ])
      expect(await offered(shell, 'keys', 'generate', '--dir', 'gat')).toEqual([])
      expect(await offered(shell, 'decode', 'gat')).toEqual(['gateway one.yaml'])
      expect(await offered(shell, 'keys', 'generate', '--name', 'gat')).toEqual([])
    })

    test('takes the value of an option for no command', async () => {
      expect(await offered(shell, 'limits', '--config', 'usage', 'propos')).toEqual(
        expect.arrayContaining(['proposals', 'propose']),
      )
      expect(await offered(shell, 'freeze', '--reason', 'limits', '--st')).toEqual(['--status'])
    })
  })
})

const START: Readonly<Record<'bash' | 'zsh', (script: string) => string>> = {
  bash: (script) => `PS1='> '; source '${script}'; bind 'set show-all-if-ambiguous on'; bind 'set bell-style none'`,
  zsh: (script) => `PS1='> '; autoload -Uz compinit; compinit -u -D; LISTMAX=1000; source '${script}'`,
}
const RUN: Readonly<Record<'bash' | 'zsh', string>> = {
  bash: 'bash --norc --noprofile -i',
  zsh: 'zsh -f -i',
}

/** A person at a shell: what comes to the screen when these keys are pressed. */
async function typed(shell: 'bash' | 'zsh', keys: string, until: RegExp): Promise<string> {
  const { folder, script } = await place(shell)
  const child = spawn('script', ['-qefc', `stty cols 200 rows 50; exec ${RUN[shell]}`, '/dev/null'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], TERM: 'xterm', HOME: folder, HISTFILE: '/dev/null', SHELL: '/bin/sh' },
  })
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  let screen = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text
  })
  child.stdin.write(`${START[shell](script)}; echo rea''dy\n`)
  await expect.poll(() => screen, SOON).toMatch(/ready\r?\n/)
  screen = ''
  child.stdin.write(keys)
  await expect.poll(() => plain(screen), SOON).toMatch(until)
  return plain(screen)
}

/** Without colours and movements of the cursor. */
const plain = (text: string): string =>
  text.replaceAll(new RegExp(`${String.fromCharCode(27)}(\\[[0-9;?]*[a-zA-Z]|[=>])`, 'g'), '')

describe.each(['bash', 'zsh'] as const)('a person at %s', (shell) => {
  describe.runIf(has(shell))(named(shell), () => {
    test('gets the one command that begins so', async () => {
      await typed(shell, `callback-quorum tss${TAB}`, /callback-quorum tss-config /)
    })

    test('sees what there is', async () => {
      const screen = await typed(shell, `callback-quorum limits propose ${TAB}${TAB}`, /release/)
      for (const name of ['adjustment', 'confirm', 'exception', 'release']) expect(screen).toContain(name)
      expect(screen).not.toContain('reservations')
    })

    test('gets choices in both spellings', async () => {
      await typed(shell, `callback-quorum status --output j${TAB}`, /--output json /)
      await typed(shell, `callback-quorum admin-token --role=ap${TAB}`, /--role=approver/)
    })

    test('gets files where a file is expected, with what is special in them escaped', async () => {
      await typed(shell, `callback-quorum status --config gat${TAB}`, /gateway\\ one\.yaml/)
      await typed(shell, `callback-quorum decode gat${TAB}`, /gateway\\ one\.yaml/)
    })

    test('gets options', async () => {
      await typed(shell, `callback-quorum tss-config --gat${TAB}`, /--gateway /)
    })
  })
})

test('another shell is refused with those that there are', async () => {
  const { exitCode, stderr } = await runCommandLine(['completion', 'tcsh'])
  expect(stderr).toMatch(/Allowed choices are bash, zsh, fish/)
  expect(exitCode).toBe(64)
})
