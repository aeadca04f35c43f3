/** An IPv6 packet of 1,280 bytes less its headers holds the signatures and the message (solana_packet PACKET_DATA_SIZE). */
export const PACKET_BYTES_MAX = 1_232

/** As many keys of 32 bytes as a packet could hold at all. */
export const KEYS_MAX = Math.floor(PACKET_BYTES_MAX / 32)

/** The runtime locks no more accounts for one transaction (solana_transaction MAX_TX_ACCOUNT_LOCKS), tables included. */
export const ACCOUNTS_MAX = 128

/** The runtime refuses more of them in one message (SIMD-0160). */
export const INSTRUCTIONS_MAX = 64

/** An instruction may name an account more than once, and no program gets more of them (SIMD-0406). */
export const INSTRUCTION_ACCOUNTS_MAX = 255

/** Finding the address of a token account takes about a tenth of a millisecond, so all of one transaction less than half a second. */
export const DERIVATIONS_MAX = 4_096
