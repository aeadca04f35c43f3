// The one file that must run on a bare machine with Node >= 20 and npm: it finds or fetches Node 24 and pnpm through npm, installs what the
// lockfile names, builds, and hands over to the real command. Plain JavaScript on purpose; nothing here decides anything.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NODE = '24.21.0'
const PNPM = '10.34.9'
const root = dirname(fileURLToPath(import.meta.url))
const stampFile = join(root, 'node_modules', '.callback-quorum.json')
const bin = (name) => join(root, 'node_modules', name)

const COMMANDS = {
  start: (args) => [[join(root, 'packages/cli/dist/main.js'), 'demo', ...args]],
  'callback-quorum': (args) => [[join(root, 'packages/cli/dist/main.js'), ...args]],
  test: (args) => [[bin('vitest/vitest.mjs'), 'run', '--config', 'test/vitest.config.ts', '--root', '.', ...args]],
  'test:long': (args) => [
    [bin('vitest/vitest.mjs'), 'run', '--config', 'test/vitest.long.config.ts', '--root', '.', ...args],
  ],
  check: () => [
    [bin('typescript/bin/tsc'), '-p', 'test/tsconfig.json'],
    [
      bin('eslint/bin/eslint.js'),
      '--config',
      'test/architecture/eslint.config.js',
      '--max-warnings',
      '0',
      'packages',
      'test',
      'deploy/grafana',
      'bootstrap.mjs',
    ],
    [
      bin('prettier/bin/prettier.cjs'),
      '--check',
      '--log-level',
      'warn',
      'packages/**/*.{ts,json}',
      'test/**/*.{ts,js,json}',
      'deploy/grafana/**/*.ts',
      'deploy/grafana/*.json',
      '*.{json,mjs}',
    ],
    [join(root, 'test/architecture/check-layers.js')],
    [bin('knip/bin/knip.js'), '--config', 'test/architecture/knip.json'],
  ],
  bench: (args) => [[join(root, 'test/bench/main.ts'), ...args]],
  dashboards: () => [[join(root, 'deploy/grafana/src/main.ts')]],
}

main().catch((error) => {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})

async function main() {
  const [name = 'help', ...args] = process.argv.slice(2)
  const command = COMMANDS[name]
  if (command === undefined)
    throw new Error(`usage: npm start | npm test | npm run callback-quorum -- <command>   (found: ${name})`)
  // Commands print what they have to say on stdout; what happens on the way there goes to stderr.
  const tools = findTools()
  install(tools)
  run(tools, [bin('typescript/bin/tsc'), '-b'], 'The sources do not compile; see the messages above.')
  // Our own command line speaks of files where it is called; npm calls scripts at the root and says where it was called itself.
  const isScript = process.env.npm_lifecycle_event === name
  const cwd = name !== 'callback-quorum' ? root : isScript ? (process.env.INIT_CWD ?? root) : process.cwd()
  for (const line of command(args)) {
    const code = await handOver(tools, line, cwd)
    if (code !== 0) {
      process.exitCode = code
      return
    }
  }
}

/** Node 24 and pnpm: the ones at hand, the ones of the last run, or through npm. */
function findTools() {
  const isNew = Number(process.versions.node.split('.')[0]) >= 24
  const last = readStamp()
  if (last.node && existsSync(last.node) && existsSync(last.pnpm) && !isNew) return { node: last.node, pnpm: last.pnpm }
  const packages = [...(isNew ? [] : [`--package=node@${NODE}`]), `--package=pnpm@${PNPM}`]
  if (isNew && last.pnpm && existsSync(last.pnpm)) return { node: process.execPath, pnpm: last.pnpm }
  say(`fetching ${isNew ? '' : `Node ${NODE} and `}pnpm ${PNPM} through npm ...`)
  const script = 'process.stdout.write(JSON.stringify({ node: process.execPath, path: process.env.PATH }))'
  const found = spawnSync('npm', ['exec', '--yes', ...packages, '--', 'node', '-e', script], {
    cwd: root,
    encoding: 'utf8',
  })
  const json = /\{"node".*\}/.exec(found.stdout ?? '')?.[0]
  if (found.status !== 0 || json === undefined) {
    const missing = isNew ? `pnpm ${PNPM}` : `Node ${NODE} (this is ${process.versions.node}) and pnpm ${PNPM}`
    throw new Error(
      `Missing: ${missing}. They come from the npm registry, which could not be reached or did not have them.\n` +
        `Check the network, the proxy and "npm config get registry", then run the command again. npm said:\n${(found.stderr ?? String(found.error)).trim()}`,
    )
  }
  const { node, path } = JSON.parse(json)
  const pnpm = path
    .split(delimiter)
    .map((folder) => join(folder, '..', 'pnpm', 'bin', 'pnpm.cjs'))
    .find(existsSync)
  if (pnpm === undefined)
    throw new Error(`npm fetched pnpm ${PNPM} but it is not in its cache; run "npm cache verify" and try again`)
  return { node, pnpm }
}

/** Installs only when the lockfile, a manifest or the Node version changed since the last complete install. */
function install({ node, pnpm }) {
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()
  const hash = createHash('sha256').update(`${version} ${process.platform} ${process.arch}\n`)
  for (const file of manifests()) hash.update(file).update(readFileSync(join(root, file)))
  const installed = hash.digest('hex')
  if (readStamp().installed === installed) return
  say('installing what the lockfile names ...')
  run(
    { node },
    [pnpm, 'install', '--frozen-lockfile', '--reporter=append-only'],
    'Missing: the packages of pnpm-lock.yaml. If the messages above speak of the network, the npm registry could not be reached:\n' +
      'check the network, the proxy and "npm config get registry", then run the command again.',
  )
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, JSON.stringify({ installed, node, pnpm }))
}

function manifests() {
  const folders = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/package.json`)
  return [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'test/package.json',
    'deploy/grafana/package.json',
    ...folders,
  ].filter((file) => existsSync(join(root, file)))
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return {}
  }
}

function run({ node }, args, problem) {
  const { status } = spawnSync(node, args, { cwd: root, stdio: ['ignore', 2, 2], env: environment(node) })
  if (status !== 0) throw new Error(problem)
}

/** Runs the command in the foreground. Ctrl-C reaches the whole group, so it is the command that ends first; a SIGTERM is passed on. */
async function handOver({ node }, args, cwd) {
  const child = spawn(node, args, { cwd, stdio: 'inherit', env: environment(node) })
  // A terminal tells the whole group; whoever signals this process alone means the command.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)))
  })
}

/** The same Node for everything the command starts. */
function environment(node) {
  return { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` }
}

function say(text) {
  process.stderr.write(`callback-quorum: ${text}\n`)
}
