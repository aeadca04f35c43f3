import type { Command } from 'commander'
import type { Host } from '../host.ts'
import { addVerdictsExport } from './verdicts-export.ts'
import { addVerdictsVerify } from './verdicts-verify.ts'

/** `callback-quorum verdicts export|verify`: the records of any checker, for auditors and for years to come. */
export function addVerdicts(program: Command, host: Host): void {
  const verdicts = program
    .command('verdicts')
    .summary("give a checker's records away, and prove them")
    .description(
      "A checker's verdicts with all their evidence: written to a file with a signed manifest, and checked again later.",
    )
  addVerdictsExport(verdicts, host)
  addVerdictsVerify(verdicts, host)
}
