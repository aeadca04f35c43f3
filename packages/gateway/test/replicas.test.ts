import { readFile, writeFile } from 'node:fs/promises'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { join } from 'node:path'
import { createLogger } from '@callback-quorum/service'
import { createTssNode, CUSTODY, makeV2KeySign } from '@callback-quorum/simulator'
import { expect, test } from 'vitest'
import { readGatewayConfig, startGateway } from '../src/index.ts'
import { startGatewayRig } from './gateway-rig.ts'

test('two replicas that decide one request at the same time write one record, and both answer it', async () => {
  const rig = await startGatewayRig()
  const file = join(rig.folder, 'second.yaml')
  await writeFile(
    file,
    (await readFile(join(rig.folder, 'gateway.yaml'), 'utf8')).replace(/replica: .*/, 'replica: second'),
  )
  const second = await startGateway({
    file: await readGatewayConfig(file, {}),
    log: createLogger({ level: 'silent', name: 'second' }),
  })
  const publicKey = createPublicKey(createPrivateKey(await readFile(join(rig.folder, 'keys/gateway.pem'))))
  const node = createTssNode({
    name: 'node',
    privateKey: rig.nodeKey,
    servers: [{ serviceAddress: `${second.callbackUrls[0] ?? ''}/v2/check`, publicKey }],
  })
  try {
    rig.doubles.get('alpha')?.setBehaviour({ behave: 'late', delayMs: 200, then: 'approve' })
    for (let round = 0; round < 5; round += 1) {
      const id = `both-${String(round)}`
      const payment = makeV2KeySign({
        requestId: id,
        transactionId: id,
        coboId: id,
        to: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
        amount: '1',
        organisation: CUSTODY.organisation,
      })
      const [here, [there]] = await Promise.all([rig.ask(payment), node.askOnce(payment)])
      expect([here.result, there?.result]).toEqual(['approve', 'approve'])
      expect(
        await rig.database.query({ text: 'select 1 from record where request_id = $1', values: [id] }),
      ).toHaveLength(1)
    }
    // Both asked: it was a race and not a recall.
    expect(rig.doubles.get('alpha')?.requests.length).toBeGreaterThan(5)

    // One approves while the other one hears a rejection: whoever records first is the answer of both, and a rejection never becomes an approval.
    let calls = 0
    rig.doubles.get('beta')?.setBehaviour(() => ((calls += 1) % 2 === 0 ? 'reject' : 'approve'))
    const payment = makeV2KeySign({
      requestId: 'split',
      transactionId: 'split',
      coboId: 'split',
      to: '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd',
      amount: '1',
      organisation: CUSTODY.organisation,
    })
    const [here, [there]] = await Promise.all([rig.ask(payment), node.askOnce(payment)])
    const [record] = await rig.database.query<{ outcome: string }>({
      text: `select outcome from record where request_id = 'split'`,
    })
    expect(new Set([here.result, there?.result])).toEqual(
      new Set([record?.outcome === 'approved' ? 'approve' : 'reject']),
    )
  } finally {
    await node.close()
    await second.stop()
    await rig.close()
  }
})
