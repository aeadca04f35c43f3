import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type CosignerOptions, createCosigner, type FireblocksBehaviour } from '../src/index.ts'
import { API_USER, approval, closeCosigners, openCosigner, openHandler, signing } from './co-signer-rig.ts'
import { closeAll, nodeKeys, strangerKeys } from './constellation.ts'

afterEach(async () => {
  await closeCosigners()
  await closeAll()
})

async function endOf(behaviour: FireblocksBehaviour, request = signing, options: Partial<CosignerOptions> = {}) {
  const double = await openHandler({ behaviour })
  const result = await openCosigner(double, options).cosigner.ask(request)
  return [result.decision, ...(result.failure === undefined ? [] : [result.failure]), result.exchanges.length].join(' ')
}

describe('what ends a request', () => {
  it('is approved by APPROVE, with and without what our checkers add, and denied by REJECT with its reason', async () => {
    expect(await endOf('approve')).toBe('approved 1')
    expect(await endOf('no-verdict')).toBe('approved 1')
    const double = await openHandler({ behaviour: 'no-verdict-reject' })
    const { decision, reason } = await openCosigner(double).cosigner.ask(signing)
    expect({ decision, reason }).toEqual({ decision: 'rejected', reason: 'DOUBLE_REJECTS: told to reject' })
  })

  it('takes IGNORE for an approval, never where something is signed', async () => {
    expect(await endOf('ignore', approval)).toBe('ignored 1')
    expect(await endOf('ignore', signing)).toBe('failed ignore_not_allowed 1')
  })

  it('fails for good on everything that is no answer to this very question', async () => {
    const bad: readonly FireblocksBehaviour[] = [
      ...(['quoted', 'html', 'empty', 'unsigned-json', 'wrong-key', 'alg-none', 'truncated', 'expired'] as const),
      ...(['replay', 'unknown-action', 'lower-case-action', 'upper-case-members', 'no-action'] as const),
      ...(['wrong-request-id', 'no-request-id', 'duplicate-members', 'case-variant-members', 'huge-body'] as const),
    ]
    for (const behaviour of bad)
      expect(`${behaviour}: ${await endOf(behaviour)}`).toBe(`${behaviour}: failed bad_reply 1`)
    expect(await endOf('http-500')).toBe('failed http 1')
    expect(await endOf('http-302')).toBe('failed http 1')
    expect(await endOf('approve-with-http-400')).toBe('failed http 1')
    expect(await endOf('close-connection')).toBe('failed no_answer 1')
  })

  it('says AUTHORIZATION_FAILED of an answer that cannot be used, as the vendor does', async () => {
    const double = await openHandler({ behaviour: 'wrong-key' })
    expect(await openCosigner(double).cosigner.ask(signing)).toMatchObject({
      decision: 'failed',
      subStatus: 'AUTHORIZATION_FAILED',
      reason: 'ERR_PROTOCOL_TOKEN_SIGNATURE',
    })
  })

  it('waits no longer than its limit, and does not ask again after silence', async () => {
    expect(await endOf('hang', signing, { timeoutMs: 150 })).toBe('failed no_answer 1')
    // The head and half of the answer come at once, the rest never in time.
    expect(await endOf('slow-body', signing, { timeoutMs: 400 })).toBe('failed no_answer 1')
  })

  it('tells a handler that cannot be connected to from one that is silent', async () => {
    const double = await openHandler()
    await double.close()
    expect(await openCosigner(double).cosigner.ask(signing)).toMatchObject({
      decision: 'failed',
      failure: 'unreachable',
    })
  })
})

describe('RETRY', () => {
  it('is asked again every three minutes, byte for byte the same, twenty times in all', async () => {
    const double = await openHandler({ behaviour: 'unable' })
    const { cosigner, sleeps } = openCosigner(double)
    const result = await cosigner.ask(signing)
    expect(result).toMatchObject({ decision: 'failed', failure: 'retries_used_up' })
    expect(result.reason).toBe('RETRY 20 times: DOUBLE_UNABLE: told to be unable')
    expect(sleeps).toEqual(Array.from({ length: 19 }, () => 180_000))
    expect(double.requests).toHaveLength(20)
    expect(new Set(double.requests.map(({ token }) => token)).size).toBe(1)
  })

  it('ends with the first decision', async () => {
    const double = await openHandler()
    double.setBehaviour(() => (double.requests.length < 3 ? 'retry' : 'approve'))
    const { cosigner, sleeps } = openCosigner(double, { retry: { intervalMs: 30_000, tries: 5 } })
    const { decision, exchanges } = await cosigner.ask(signing)
    expect(decision).toBe('approved')
    expect(exchanges.map(({ result, attempt }) => `${attempt} ${result}`)).toEqual(['1 retry', '2 retry', '3 approve'])
    expect(sleeps).toEqual([30_000, 30_000])
  })

  it('stops when the caller gives up or the Co-signer is closed', async () => {
    const double = await openHandler({ behaviour: 'hang' })
    const { cosigner } = openCosigner(double)
    const asked = cosigner.ask(signing)
    const closed = expect(asked).rejects.toThrow('cosigner-1 is closed')
    await expect.poll(() => double.requests.length).toBe(1)
    await cosigner.close()
    await closed
    double.setBehaviour('retry')
    const giveUp = new AbortController()
    const waiting = openCosigner(double, {
      // Cut short as Node's own timers are.
      sleep: async (_, signal) => {
        giveUp.abort(new Error('given up'))
        await delay(60_000, undefined, signal && { signal })
      },
    }).cosigner.ask(signing, { signal: giveUp.signal })
    await expect(waiting).rejects.toThrow('given up')
  })
})

describe('what is sent', () => {
  it('is a bare token with the header of a real Co-signer, no registered claim, and the API user', async () => {
    const double = await openHandler()
    await openCosigner(double, { url: `${double.url}/fireblocks/cb/` }).cosigner.ask(signing)
    const [received] = double.requests
    expect(received?.path).toBe('/fireblocks/cb/v2/tx_sign_request')
    expect(received?.headers).toMatchObject({
      'content-type': 'application/jwt',
      'user-agent': expect.stringMatching(/^cosigner\//) as string,
    })
    const [header = '', payload = ''] = (received?.token ?? '').split('.')
    expect(Buffer.from(header, 'base64url').toString()).toBe('{"typ":"JWT","alg":"RS256"}')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
    expect(claims.signerId).toBe(API_USER)
    for (const name of ['iat', 'exp', 'nbf', 'iss', 'aud', 'sub', 'jti']) expect(claims).not.toHaveProperty(name)
    expect(received?.fireblocks).toMatchObject({ dialect: 'fireblocks-jwt', kind: 'tx-signing', signerId: API_USER })
  })

  it('is not accepted when another key signed it', async () => {
    const double = await openHandler()
    const { cosigner } = openCosigner(double, { privateKey: strangerKeys.privateKey })
    expect(await cosigner.ask(signing)).toMatchObject({ decision: 'failed', failure: 'http' })
    expect(double.requests[0]?.fireblocks).toBeUndefined()
  })
})

it('refuses to be what no Co-signer can be', () => {
  const jwt = { privateKey: nodeKeys.privateKey, handlerPublicKey: nodeKeys.publicKey }
  const made = (options: Partial<CosignerOptions>) => () =>
    createCosigner({ name: 'x', messages: 'jwt', trust: { kind: 'system' }, url: 'https://h', ...jwt, ...options })
  expect(made({ url: 'http://h' })().option).toBe(1)
  expect(made({ trust: { kind: 'root-ca', pem: 'x' } })().option).toBe(5)
  expect(made({ trust: { kind: 'root-ca', pem: 'x' }, url: 'http://h' })).toThrow('plain http')
  expect(made({ trust: { kind: 'pin', pin: 'x' } })).toThrow('a pin is base64')
  expect(made({ messages: 'json' })).toThrow('plain JSON has no keys')
  expect(made({ retry: { intervalMs: 29_999, tries: 2 } })).toThrow('30 s to 1 h')
  expect(made({ retry: { intervalMs: 3_600_000, tries: 49 } })).toThrow('48 h')
  expect(() => createCosigner({ name: 'x', messages: 'json', trust: { kind: 'system' }, url: 'https://h' })).toThrow(
    'no Co-signer has json messages with trust system',
  )
})
