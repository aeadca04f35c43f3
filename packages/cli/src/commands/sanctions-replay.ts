import type { Command } from 'commander'
import { z } from 'zod'
import type { AdminOptions } from '../admin-client.ts'
import { print } from '../checker-command.ts'
import type { Colours } from '../colours.ts'
import { UsageError } from '../faults.ts'
import type { Finish, Host } from '../host.ts'
import { openSanctions, sanctionsCommand, shortSha } from './sanctions-client.ts'

/** Each list is read anew from its stored bytes: five seconds for the complete one of OFAC. */
const REPLAY_MS_MAX = 600_000

const toldSchema = z.object({ outcome: z.enum(['approve', 'reject', 'unable']), codes: z.array(z.string()) })
const replaySchema = z.object({
  record_id: z.string(),
  recorded_at: z.string(),
  same: z.boolean(),
  recorded: toldSchema,
  replayed: toldSchema,
  differences: z.array(z.string()),
  lists: z.array(z.object({ source: z.string(), version_sha: z.string(), rows: z.number() })),
})
type Replayed = z.output<typeof replaySchema>

/** `sanctions replay`. */
export function addSanctionsReplay(sanctions: Command, host: Host, finish: Finish): void {
  sanctionsCommand(sanctions, {
    name: 'replay',
    summary: 'judge a recorded screening once more, from the stored lists',
    description:
      'Judge a recorded screening once more: from the stored bytes of the lists that screened then, with the blocks, overrides and policies of its record, at its ' +
      'time, by the code that runs now. Record ids stand in an export of verdicts. Exit code 1 when anything differs. Needs the role viewer.',
    examples: ['replay 4711'],
  })
    .argument('<record>', 'id of the record')
    .action(async (record: string, o: AdminOptions) => {
      if (!/^\d{1,18}$/.test(record)) throw new UsageError(`${record} is no id of a record; expected digits`)
      const client = await openSanctions(o, host)
      const found = await client.post(`/v1/verdicts/${record}/replay`, replaySchema, {}, { timeoutMs: REPLAY_MS_MAX })
      print(found, o, host, (colours) => replayText(found, colours))
      if (!found.same) finish(1)
    })
}

function replayText(found: Replayed, { green, red }: Colours): string {
  const lists = found.lists.map(
    ({ source, version_sha: sha, rows }) => `  with ${source} ${shortSha(sha)}, ${String(rows)} rows\n`,
  )
  const word = found.same ? green('THE SAME') : red('DIFFERS')
  const differences = found.differences.map((path) => `  differs: ${path}\n`)
  return (
    `${word} record ${found.record_id} of ${found.recorded_at}\n  then ${toldText(found.recorded)}\n  now  ${toldText(found.replayed)}\n` +
    lists.join('') +
    differences.join('')
  )
}

const toldText = ({ outcome, codes }: z.output<typeof toldSchema>): string => [outcome, ...codes].join(' ')
