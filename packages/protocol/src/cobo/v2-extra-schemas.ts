import {
  addressInfo,
  keyShareHolderGroup,
  mpcProject,
  mpcVault,
  mpcWallet,
  orgInfo,
  tssRequest,
} from './v2-leaf-schemas.ts'
import { transaction } from './v2-transaction-schema.ts'
import { ENTRIES_MAX, INPUTS_MAX, list, wireObject } from './wire-schema.ts'

// protocol/cobo.md 3.6

const owner = { org: orgInfo.optional(), project: mpcProject.optional(), vault: mpcVault.optional() }

export const v2KeyGenExtra = wireObject({
  ...owner,
  target_key_share_holder_group: keyShareHolderGroup.optional(),
  tss_request: tssRequest.optional(),
})

export const v2KeyReshareExtra = wireObject({
  ...owner,
  source_key_share_holder_group: keyShareHolderGroup.optional(),
  target_key_share_holder_group: keyShareHolderGroup.optional(),
  tss_request: tssRequest.optional(),
})

export const v2KeySignExtra = wireObject({
  ...owner,
  wallet: mpcWallet.optional(),
  signer_key_share_holder_group: keyShareHolderGroup.optional(),
  source_addresses: list(addressInfo, INPUTS_MAX).optional(),
  transaction: transaction.optional(),
})

export const v2KeyShareSignExtra = wireObject({
  ...owner,
  wallet: mpcWallet.optional(),
  validity_key_share_holder_groups: list(keyShareHolderGroup, ENTRIES_MAX).optional(),
})
