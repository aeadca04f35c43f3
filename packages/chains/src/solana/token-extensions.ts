import { u64, u8 } from './field.ts'
import { instructionForm, type InstructionForm } from './instruction-form.ts'
import { tokenTransfer } from './token-transfer.ts'

/** The one instruction of the transfer fee extension that moves tokens (spl_token_2022_interface TransferFeeInstruction). */
const TRANSFER_CHECKED_WITH_FEE = 1

/** Of what Token-2022 adds, by number: transfers whose fee is named. Everything else stays unknown. */
export const extensionForms: Readonly<Record<number, InstructionForm>> = {
  // TransferFeeExtension: its own number, amount, decimals, fee. The fee is part of the amount, and the program compares it.
  26: instructionForm(
    { source: 'any', mint: 'any', to: 'any', authority: 'signer' },
    [u8, u64, u8, u64],
    ({ source, mint, to, authority }, [number, amountAtomic], place) =>
      number === TRANSFER_CHECKED_WITH_FEE
        ? [tokenTransfer({ source, to, authority, mint, amountAtomic, program: 'token-2022' }, place)]
        : undefined,
  ),
}
