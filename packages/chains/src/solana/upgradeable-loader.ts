import { u32 } from './field.ts'
import { instructionForm } from './instruction-form.ts'
import { instructionReader } from './instruction-reader.ts'
import { CLOCK, RENT } from './sysvars.ts'

export const UPGRADEABLE_LOADER = 'BPFLoaderUpgradeab1e11111111111111111111111'

/** Who may replace a program, and doing so, by number (solana_loader_v3_interface UpgradeableLoaderInstruction). Deploying stays unknown. */
export const readLoaderInstruction = instructionReader(u32, {
  // Upgrade: coins that the buffer no longer needs go to `spill`.
  3: instructionForm(
    {
      programData: 'any',
      program: 'any',
      buffer: 'any',
      spill: 'any',
      rent: `=${RENT}`,
      clock: `=${CLOCK}`,
      authority: 'signer',
    },
    [],
    ({ program, buffer }, _, { at }) => [
      { effect: 'power', power: 'upgrade', subject: program, detail: `new code from ${buffer.text}`, at },
    ],
  ),
  // SetAuthority of the data of a program or of a buffer: without a new one nobody can upgrade any more.
  4: instructionForm(
    { subject: 'any', authority: 'signer', grantee: 'any?' },
    [],
    ({ subject, grantee }, _, { at }) => [
      {
        effect: 'power',
        power: 'ownership',
        subject,
        ...(grantee !== undefined && { grantee }),
        detail: 'upgrade authority',
        at,
      },
    ],
  ),
  // SetAuthorityChecked.
  7: instructionForm(
    { subject: 'any', authority: 'signer', grantee: 'signer' },
    [],
    ({ subject, grantee }, _, { at }) => [
      { effect: 'power', power: 'ownership', subject, grantee, detail: 'upgrade authority', at },
    ],
  ),
})
