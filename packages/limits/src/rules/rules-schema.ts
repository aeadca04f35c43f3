import { POWERS } from '@callback-quorum/chains'
import { duration, expecting, nameText } from '@callback-quorum/service'
import { z } from 'zod'
import { timeZone, windowSchema } from './window.ts'

/** More rules than this on one payment are a mistake; each is a lock. */
const RULES_MAX = 1_000
/** Wallets or destinations of one group. */
const MEMBERS_MAX = 10_000

export const DIMENSIONS = [
  'organisation',
  'caller',
  'wallet',
  'wallet-group',
  'chain',
  'asset',
  'operation',
  'destination',
  'destination-group',
  'tag',
  'initiator',
] as const
export type Dimension = (typeof DIMENSIONS)[number]

const some = z.array(z.string().min(1)).min(1)
const anyOf = z.union([z.literal('*'), some], { error: expecting('a list, or "*"', '[hot-1]') }).default('*')
const OPERATIONS = ['transfer', 'contract-call', 'message', 'raw', 'other'] as const

const matchSchema = z.strictObject({
  organisation: anyOf,
  caller: anyOf,
  wallet: anyOf,
  wallet_group: anyOf,
  chain: anyOf,
  asset: anyOf,
  operation: z.union([z.literal('*'), z.array(z.enum(OPERATIONS)).min(1)]).default('*'),
  /** On the address book's allow-list, or not. */
  destination: z.enum(['*', 'listed', 'unlisted']).default('*'),
  destination_group: anyOf,
  initiator: anyOf,
})
export type Match = z.output<typeof matchSchema>

export const decimalText = z
  .string({ error: expecting('a decimal string', '"250000"') })
  .regex(/^(0|[1-9]\d{0,59})(\.\d{1,30})?$/, { error: expecting('a decimal string', '"250000"') })

const currencyText = z.string({ error: expecting('a currency of three capitals', 'USD') }).regex(/^[A-Z]{3,5}$/)
const MEASURES = ['amount', 'count', 'value'] as const
export type Measure = (typeof MEASURES)[number]

/** 24:00 is the end of a day. */
const hourText = z
  .string({ error: expecting('a local time', '"08:00"') })
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: expecting('a local time', '"08:00"') })
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const date = z.iso.date({ error: expecting('a day', '2026-12-25') })

/** One rule as it is written. Which members belong to which kind is checked afterwards, where a message can say so. */
const ruleSchema = z.strictObject({
  id: nameText,
  /** For people; no part of the identity of the counters. */
  name: z.string().max(200).optional(),
  kind: z.enum(['limit', 'new-destination', 'schedule', 'min-interval', 'outstanding']).default('limit'),
  mode: z.enum(['enforce', 'shadow']).default('enforce'),
  match: matchSchema.prefault({}),
  per: z.array(z.enum(DIMENSIONS)).optional(),
  measure: z.enum(MEASURES).optional(),
  currency: currencyText.optional(),
  count_unit: z.enum(['transaction', 'output']).optional(),
  include_fee: z.boolean().optional(),
  window: windowSchema.optional(),
  limit: decimalText.optional(),
  interval: duration.optional(),
  cooldown: duration.optional(),
  unlisted: z.enum(['refuse', 'first-sight']).optional(),
  probation: z
    .strictObject({
      for: duration,
      count: z
        .string()
        .regex(/^\d{1,9}$/)
        .optional(),
      amount: decimalText.optional(),
      value: decimalText.optional(),
      currency: currencyText.optional(),
    })
    .optional(),
  tz: timeZone.optional(),
  open: z
    .array(z.strictObject({ days: z.array(z.enum(DAYS)).min(1), from: hourText, to: hourText }))
    .min(1)
    .optional(),
  holidays: z.union([nameText, z.array(date)]).optional(),
})
export type WrittenRule = z.output<typeof ruleSchema>

export const rulesSchema = z.strictObject({
  /** Grows with every change: a process with older rules decides nothing once newer ones count. */
  version: z.int().min(1),
  /** Powers (ownership, upgrades ...) that no amount can count and another checker judges; every other one is refused. */
  let_pass: z.array(z.enum(POWERS)).default([]),
  wallet_groups: z.record(nameText, some.max(MEMBERS_MAX)).default({}),
  destination_groups: z
    .record(
      nameText,
      z
        .array(z.strictObject({ chain: z.string(), address: z.string() }))
        .min(1)
        .max(MEMBERS_MAX),
    )
    .default({}),
  holidays: z.record(nameText, z.array(date)).default({}),
  rules: z
    .array(ruleSchema)
    .min(1, { error: expecting('at least one rule') })
    .max(RULES_MAX),
})
export type RulesFile = z.output<typeof rulesSchema>

/** ISO numbers of days, Monday is 1. */
export const dayNumber = (day: (typeof DAYS)[number]): number => DAYS.indexOf(day) + 1
