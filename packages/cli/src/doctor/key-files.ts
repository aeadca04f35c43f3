import type { DoctorContext } from './check.ts'

/** A key file that a configuration names. */
export interface NamedKey {
  /** Where the configuration names it. */
  readonly field: string
  /** Whose it is; two roles never share a key. */
  readonly role: string
  readonly kind: 'private' | 'public'
  /** Absolute. */
  readonly path: string
  readonly notAfterMs?: number
}

/** Every signing and verifying key of the blocks that could be read; TLS has its own check. */
export function namedKeys({ common, gateway, checker, pathOf }: DoctorContext): readonly NamedKey[] {
  const { identity, callers = [] } = common
  const own = identity === undefined ? [] : (['private_key', 'internal_key'] as const)
  return [
    ...own.flatMap((field): NamedKey[] => {
      const file = identity?.[field]
      const name = `identity.${field}`
      return file === undefined ? [] : [{ field: name, role: name, kind: 'private', path: pathOf(file) }]
    }),
    ...callers.flatMap(({ name, pubkey_path: files, event_pubkey_path: events }, index): NamedKey[] => [
      ...publicKeys(files, `callers[${index}].pubkey_path`, `caller ${name}`, pathOf),
      ...(events === undefined
        ? []
        : publicKeys([{ file: events }], `callers[${index}].event_pubkey_path`, `events of caller ${name}`, pathOf)),
    ]),
    ...(gateway.checkers ?? []).flatMap(({ name, pubkey_path: files }, index) =>
      publicKeys(files, `checkers[${index}].pubkey_path`, `checker ${name}`, pathOf),
    ),
    ...publicKeys(checker.gateway?.pubkey_path ?? [], 'gateway.pubkey_path', 'gateway', pathOf),
  ]
}

function publicKeys(
  files: readonly { readonly file: string; readonly not_after?: number | undefined }[],
  field: string,
  role: string,
  pathOf: (path: string) => string,
): readonly NamedKey[] {
  return files.map(({ file, not_after: notAfterMs }) => ({
    field,
    role,
    kind: 'public',
    path: pathOf(file),
    ...(notAfterMs === undefined ? {} : { notAfterMs }),
  }))
}
