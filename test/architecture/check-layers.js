// The architecture as a test: layers, no cycles, no process outside mains. Fails when it saw nothing to check.
import { readdirSync } from 'node:fs'
import { cruise } from 'dependency-cruiser'

const LAYERS = [
  ['protocol', 'chains'],
  ['service'],
  ['checker-kit', 'simulator'],
  ['gateway', 'limits', 'sanctions', 'business-lookup', 'integrity'],
  ['cli'],
]
const MODULES_MIN = 100

const forbidden = [
  { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  {
    name: 'only-the-public-surface',
    comment: 'A package is imported by its name; nobody reaches into the files of another one.',
    severity: 'error',
    from: { path: '^packages/([^/]+)/' },
    to: {
      path: '^packages/[^/]+/(src|dist)/',
      pathNot: ['^packages/$1/', '^packages/[^/]+/(src|dist)/index[.](d[.])?[tj]s$'],
    },
  },
  ...LAYERS.flatMap((layer, number) =>
    layer.map((name) => {
      const allowed = [name, ...LAYERS.slice(0, number).flat()]
      // Who gives no rules and simulates nothing stands on the two lowest layers only.
      const below =
        name === 'gateway'
          ? ['gateway', 'protocol', 'service']
          : name === 'simulator'
            ? ['simulator', 'protocol', 'chains']
            : allowed
      return {
        name: `layer-${number}-${name}`,
        severity: 'error',
        from: { path: `^packages/${name}/src/` },
        to: { path: '^packages/', pathNot: `^packages/(${below.join('|')})/` },
      }
    }),
  ),
  {
    name: 'pure-layers',
    comment: 'protocol and chains do no input or output.',
    severity: 'error',
    from: { path: '^packages/(protocol|chains)/src/' },
    to: { path: '^(node:)?(fs|fs/promises|net|http|https|tls|child_process|worker_threads|timers)$' },
  },
]

const sources = readdirSync('packages', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `packages/${name}/src`)

const { output } = await cruise(sources, {
  validate: true,
  ruleSet: { forbidden },
  doNotFollow: { path: '(node_modules|/dist/)' },
  exclude: { path: 'node_modules/[.]pnpm' },
  tsPreCompilationDeps: true,
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  outputType: 'json',
})
const result = typeof output === 'string' ? JSON.parse(output) : output
const { violations, totalCruised, totalDependenciesCruised } = result.summary
if (totalCruised < MODULES_MIN || totalDependenciesCruised < MODULES_MIN) {
  console.error(
    `the architecture check saw only ${totalCruised} modules and ${totalDependenciesCruised} dependencies: it checked nothing`,
  )
  process.exit(1)
}
for (const { rule, from, to } of violations) console.error(`${rule.name}: ${from} -> ${to}`)
console.log(
  `architecture: ${totalCruised} modules, ${totalDependenciesCruised} dependencies, ${violations.length} violations`,
)
process.exit(violations.length === 0 ? 0 : 1)
