import type { Colours } from '../colours.ts'
import { renderTable, wrap } from '../table.ts'
import { nodePathOf } from './callback-block.ts'
import { askedKinds } from './check-set.ts'
import { setManner } from './manner.ts'
import type { ServerSet } from './read-set.ts'
import type { Settings } from './settings.ts'

/** The same as the text says it, for programs. */
export function handoverOf(set: ServerSet, settings: Settings) {
  const { members, shape, warnings } = set
  return {
    node: set.node,
    dialect: shape.dialect,
    keys_to_copy: members.map(({ name, service, key }) => ({
      service: name,
      is: service,
      file: key.path,
      node_path: nodePathOf(name, settings),
      sha256: key.fingerprint,
    })),
    node_keys: members.flatMap(({ name, files, caller, nodeKeys }) =>
      nodeKeys.map(({ path, fingerprint }) => ({
        service: name,
        config: files,
        member: `callers ${caller.name} pubkey_path`,
        file: path,
        sha256: fingerprint,
      })),
    ),
    kinds: askedKinds(shape.dialect).map((kind) => ({
      kind,
      outcome: setManner(members.map(({ byKind }) => byKind[kind])),
      servers: members.map(({ name, byKind }) => ({ service: name, ...byKind[kind] })),
    })),
    warnings,
  }
}

/** What a person has to do and to know, for standard error: standard output is the file. */
export function adviceText(set: ServerSet, settings: Settings, width: number, { bold, dim, yellow }: Colours): string {
  const { keys_to_copy: keys, node_keys: nodeKeys, kinds, warnings } = handoverOf(set, settings)
  const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
    renderTable(
      titles.map((title) => ({ title })),
      rows.map((row) => ({ cells: row.map((text) => ({ text })) })),
      { width, paintTitle: dim },
    )
  return [
    bold('To the node:'),
    table(
      ['COPY', 'AS', 'SHA-256'],
      keys.map(({ file, node_path: path, sha256 }) => [file, path, sha256]),
    ),
    bold('From the node (tss-node info prints its callback key), in these files at our side:'),
    table(
      ['SERVICE', 'MEMBER', 'FILE', 'SHA-256'],
      nodeKeys.map(({ service, member, file, sha256 }) => [service, member, file, sha256]),
    ),
    bold('Who judges what:'),
    table(
      ['KIND', ...set.members.map(({ name }) => name.toUpperCase()), 'TOGETHER'],
      kinds.map(({ kind, outcome, servers }) => [
        kind,
        ...servers.map(({ does, by }) => `${does} (${by})`),
        outcome === 'rejected' ? 'always REJECT' : 'all must approve',
      ]),
    ),
    ...warnings.flatMap((warning) => [...wrap(`Warning: ${warning}`, width).map((line) => yellow(line)), '']),
    'Restart the node afterwards, and let it ask before money depends on it: keygen or a small payment.',
    '',
  ].join('\n')
}
