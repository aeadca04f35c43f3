import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { makeV2KeySign, postForm, postToken, type SimulatedServer, signRequestToken } from '../src/index.ts'
import { closeAll, nodeKeys, NOW_MS, openDouble, openNode, serverOf, TO } from './constellation.ts'

/** Self-signed for 127.0.0.1, valid until 2120; made for these tests and used nowhere else. */
const pem = (name: string): string => readFileSync(new URL(`tls/${name}.pem`, import.meta.url), 'utf8')

const content = makeV2KeySign({ to: TO, amount: '1', seed: 9, createdAtMs: NOW_MS })

async function decisionOf(server: SimulatedServer): Promise<string> {
  const { node } = openNode([server], { retryTimes: 0 })
  const { decision, exchanges } = await node.ask(content)
  return `${decision} ${exchanges[0]?.result ?? ''}`
}

afterAll(closeAll)

describe('transport', () => {
  it('trusts a private authority only when it is given', async () => {
    const double = await openDouble({ tls: { cert: pem('cert'), key: pem('key') } })
    expect(await decisionOf(serverOf(double))).toBe('REJECT no_answer')
    expect(await decisionOf({ ...serverOf(double), ca: pem('cert') })).toBe('APPROVE approve')
  })

  it('shows its certificate to a server that demands one', async () => {
    const double = await openDouble({ tls: { cert: pem('cert'), key: pem('key'), clientCa: pem('client-cert') } })
    const server = { ...serverOf(double), ca: pem('cert') }
    expect(await decisionOf(server)).toBe('REJECT no_answer')
    const clientCert = { cert: pem('client-cert'), key: pem('client-key') }
    expect(await decisionOf({ ...server, clientCert })).toBe('APPROVE approve')
  })

  it('sends the token in the form field that the protocol names, without changing it', async () => {
    const double = await openDouble()
    const token = await signRequestToken(content, { privateKey: nodeKeys.privateKey, nowMs: NOW_MS })
    const posted = await postToken(double.checkUrls['cobo-v1'], token, { timeoutMs: 10_000 })
    expect(posted.http).toBe(200)
    expect(double.requests[0]).toMatchObject({ path: '/v1/check', token })
    await postForm(double.checkUrls['cobo-v2'], `OTHER=${token}`, { timeoutMs: 10_000 })
    expect(double.requests[1]).toMatchObject({ path: '/v2/check', token: '' })
  })

  it('says what became of a request without answer', async () => {
    const double = await openDouble({ behaviour: 'hang' })
    const token = await signRequestToken(content, { privateKey: nodeKeys.privateKey, nowMs: NOW_MS })
    const post = (timeoutMs: number, signal?: AbortSignal) =>
      postToken(double.checkUrls['cobo-v2'], token, { timeoutMs, ...(signal && { signal }) })
    expect(await post(100)).toMatchObject({ http: null, cause: 'timeout' })
    expect(await post(60_000, AbortSignal.abort())).toMatchObject({ http: null, cause: 'stopped' })
    double.setBehaviour('huge-body')
    expect(await post(60_000)).toMatchObject({ http: null, cause: 'too_large' })
    await double.close()
    expect(await post(60_000)).toMatchObject({ http: null, cause: 'transport' })
  })
})
