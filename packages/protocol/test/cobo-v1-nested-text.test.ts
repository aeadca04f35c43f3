import { describe, expect, it } from 'vitest'
import { readWith, requestOf } from './cobo-package.ts'
import type { Members } from './cobo-package.ts'

describe('the texts inside a v1 key signing', () => {
  const nested = (extra: Members) => {
    const request = requestOf(readWith('cobo-v1', 'keysign', {}, extra))
    if (request.dialect !== 'cobo-v1' || request.kind !== 'keysign') throw new Error('not a key signing request of v1')
    return request.extra
  }

  it('are read beside their text, unknown parameters included', () => {
    expect(nested({})).toMatchObject({
      to_address_details_parsed: [{ to_address: 'bc1qto', amount: '100000000' }],
      extra_parameters_parsed: {
        inputs_to_spend: [{ tx_hash: 'aa', vout_n: 0 }],
        inputs_to_exclude: [],
        calldata: '0x00',
      },
      raw_tx_info_parsed: { any: 1 },
    })
  })

  it.each(['to_address_details', 'extra_parameters', 'raw_tx_info'])(
    '%s says nothing when absent, empty or null',
    (member) => {
      for (const value of [undefined, null, '', 'null'])
        expect(nested({ [member]: value })).toHaveProperty(`${member}_parsed`, undefined)
    },
  )

  it.each(['to_address_details', 'extra_parameters', 'raw_tx_info'])(
    '%s is refused when it is not strict JSON of its shape',
    (member) => {
      for (const value of [
        'text',
        '1',
        '{"a":1,"A":1}',
        '[{"to_address":"a","amount":"1","Amount":"2"}]',
        '"[]"',
        [],
        {},
      ]) {
        expect(readWith('cobo-v1', 'keysign', {}, { [member]: value })).toMatchObject({
          code: 'EXTRA_INVALID',
          reason: expect.stringContaining(member) as unknown,
        })
      }
    },
  )

  it('are refused when an output lacks its address or amount', () => {
    for (const output of [{ to_address: 'a' }, { amount: '1' }, { to_address: 'a', amount: null }]) {
      expect(readWith('cobo-v1', 'keysign', {}, { to_address_details: JSON.stringify([output]) })).toMatchObject({
        code: 'EXTRA_INVALID',
      })
    }
  })

  it('accept fee and gas as number or text', () => {
    expect(nested({ fee: 12, gas_price: 30, gas_limit: 21000 })).toMatchObject({
      fee: '12',
      gas_price: '30',
      gas_limit: '21000',
    })
  })

  it('need the ids and kinds without which nothing can be decided', () => {
    for (const member of ['cobo_id', 'transaction_type', 'operation', 'coin']) {
      expect(readWith('cobo-v1', 'keysign', {}, { [member]: null })).toMatchObject({ code: 'EXTRA_INVALID' })
    }
  })
})
