import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAssetRegistry, STARTER_ASSETS, type AssetRegistry } from '@callback-quorum/chains'
import { digestOf, readCoboRequest, type CoboDialect, type CoboRequest } from '@callback-quorum/protocol'
import { onTestFinished } from 'vitest'
import { describeCobo } from '../../src/describe/describe-cobo.ts'
import type { Described } from '../../src/describe/question-of-draft.ts'
import { loadAddressBook, type AddressBook } from '../../src/operator-files/address-book.ts'
import type { Question } from '../../src/question.ts'
import synthetic from '../vectors/cobo-v2-keysign-synthetic.json' with { type: 'json' }

export type Members = Record<string, unknown>

export const assets = createAssetRegistry(STARTER_ASSETS)
export const caller = { name: 'node-eu-1', organisation: 'SYNTHETIC', platform: 'cobo' } as const
export const nobodysBook = await loadAddressBook(undefined, assets)

/** The wallet and the address that pays in the synthetic package. */
export const WALLET = 'e499fcb7-4cde-4586-bd14-17d7ea49c25f'
export const FROM = '0x13c475d9dae8058a8d9a8a724a83f1755db0165c'
export const TO = '0x44deca05623d5d85faa426c972064a944591561f'
export const HASH = '47346c0080aa85c16c8ba570941eba741a6dd6d5fd0b18a31019e3487e21fd43'
export const OTHER_HASH = 'ab'.repeat(32)

/** Reads a package as a server does, so that the tests describe what the wire can really carry. */
export function request(dialect: CoboDialect, type: number, detail: Members, extra: Members): CoboRequest {
  const texts = { request_detail: JSON.stringify(detail), extra_info: JSON.stringify(extra) }
  const content = JSON.stringify({ request_id: 'callback-1', request_type: type, ...texts })
  const reading = readCoboRequest(dialect, new TextEncoder().encode(content))
  if (reading.result !== 'request') throw new Error(`not a request: ${JSON.stringify(reading)}`)
  return reading.request
}

export interface Changes {
  readonly detail?: Members
  readonly extra?: Members
  readonly transaction?: Members
  readonly destination?: Members
}

/** The synthetic v2 package with members replaced; undefined takes a member away. `destination` replaces the whole destination. */
export function v2KeySign({ detail, extra, transaction, destination }: Changes = {}): CoboRequest {
  const original = {
    detail: JSON.parse(synthetic.package.request_detail) as Members,
    extra: JSON.parse(synthetic.package.extra_info) as Members & { transaction: Members },
  }
  const changedTransaction = {
    ...original.extra.transaction,
    ...transaction,
    ...(destination !== undefined && { destination }),
  }
  return request(
    'cobo-v2',
    2,
    { ...original.detail, ...detail },
    { ...original.extra, transaction: changedTransaction, ...extra },
  )
}

export const v1Extra = {
  cobo_id: 'cobo-1',
  api_request_id: 'withdrawal-77',
  transaction_type: 102,
  operation: 100,
  coin: 'SETH',
  decimal: 18,
  from_address: FROM,
  amount: '10000000000000',
  to_address: TO,
  api_key: 'key-of-the-hot-wallet',
  spender: 'someone@acme.example',
  extra_parameters: '',
  note: 'invoice 77',
}

export function v1KeySign(extra: Members = {}, detail: Members = {}): CoboRequest {
  const lists = { bip32_path_list: ['m/44/60/0/0/0'], msg_hash_list: [`0x${HASH}`], tweak_list: ['0x00'] }
  return request('cobo-v1', 2, { ...lists, ...detail }, { ...v1Extra, ...extra })
}

export function describeWith(
  asked: CoboRequest,
  addresses: AddressBook = nobodysBook,
  registry: AssetRegistry = assets,
): Described {
  const digest = digestOf(new TextEncoder().encode('signed content'))
  return describeCobo(asked, { caller, digest, assets: registry, addresses })
}

export function questionOf(asked: CoboRequest, addresses?: AddressBook): Question {
  const result = describeWith(asked, addresses)
  if ('objections' in result) throw new Error(`refused: ${JSON.stringify(result.objections)}`)
  return result.question
}

/** The codes of the objections in alphabetical order; none when the request was described. */
export function codesOf(asked: CoboRequest, addresses?: AddressBook, registry?: AssetRegistry): readonly string[] {
  const result = describeWith(asked, addresses, registry)
  return 'objections' in result ? result.objections.map(({ code }) => code).sort() : []
}

/** A file with this text, gone when the test is over. */
export async function fileWith(text: string, name: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'operator-files-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const path = join(directory, name)
  await writeFile(path, text)
  return path
}

export const addressBook = async (text: string): Promise<AddressBook> =>
  loadAddressBook(await fileWith(text, 'addresses.yaml'), assets)
