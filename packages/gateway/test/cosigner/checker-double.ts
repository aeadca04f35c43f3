import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import {
  OUTCOME_PATH,
  TOKEN_FIELD,
  verifyOutcome,
  type Dialect,
  type JsonValue,
  type OutcomeNotice,
  type VerificationKey,
} from '@callback-quorum/protocol'
import { compactToken } from './compact-token.ts'
import { readAsked, type Asked } from './read-asked.ts'

/** What a double says to one question; what is left out is as an honest approval has it. */
export interface Said {
  readonly outcome?: 'approve' | 'reject' | 'unable'
  readonly codes?: readonly string[]
  readonly reason?: string
  /** Members of the verdict in place of the true ones; undefined leaves one out. */
  readonly verdict?: Readonly<Record<string, JsonValue | undefined>>
  readonly isWithoutVerdict?: true
  /** Members of the reply beside the verdict, in place of the true ones. */
  readonly reply?: Readonly<Record<string, JsonValue | undefined>>
  readonly http?: number
  /** Signed with this key instead of its own. */
  readonly key?: KeyObject
  /** The reply in the words of the other platform. */
  readonly family?: 'cobo' | 'fireblocks'
  /** This very body. */
  readonly body?: string
  readonly afterMs?: number
}

export interface CheckerDouble {
  readonly name: string
  readonly url: string
  readonly publicKey: KeyObject
  readonly asked: readonly Asked[]
  readonly sent: readonly string[]
  readonly notices: readonly OutcomeNotice[]
  says(said: Said | ((asked: Asked) => Said)): void
  close(): Promise<void>
}

export interface DoubleOptions {
  readonly name: string
  readonly callerKeys: readonly VerificationKey[]
  readonly internalKeys: readonly VerificationKey[]
  /** API users that only approve; all others sign. */
  readonly approvers: readonly string[]
}

/** A checker for tests over real HTTP: it verifies and reads what either platform asks and answers in the same words, or as it is told. */
export async function startCheckerDouble(options: DoubleOptions): Promise<CheckerDouble> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const [asked, sent, notices]: [Asked[], string[], OutcomeNotice[]] = [[], [], []]
  let behaviour: (asked: Asked) => Said = () => ({})
  const answer = async (path: string, type: string, body: string): Promise<{ http: number; body: string }> => {
    if (path === OUTCOME_PATH) {
      notices.push(await verifyOutcome(body, options.internalKeys, options.name, Date.now()))
      return { http: 200, body: '{}' }
    }
    const token = new URLSearchParams(body).get(TOKEN_FIELD) ?? body
    const question = await readAsked(path, token, options)
    asked.push({ ...question, path, type, body })
    const said = behaviour({ ...question, path, type, body })
    await new Promise((resolve) => setTimeout(resolve, said.afterMs ?? 0))
    const reply = said.body ?? replyOf(options.name, question, said, said.key ?? privateKey)
    sent.push(reply)
    return { http: said.http ?? 200, body: reply }
  }
  const server = createServer((request, response) => {
    void readText(request)
      .then((body) => answer(request.url ?? '', request.headers['content-type'] ?? '', body))
      .then(({ http, body }) => response.writeHead(http).end(body))
      .catch((error: unknown) => response.writeHead(401).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    name: options.name,
    url: `http://127.0.0.1:${String(port)}`,
    publicKey: createPublicKey(privateKey),
    asked,
    sent,
    notices,
    says: (said) => {
      behaviour = typeof said === 'function' ? said : () => said
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
  return text
}

function replyOf(checker: string, asked: Asked, said: Said, key: KeyObject): string {
  const { outcome = 'approve', codes = [], reason } = said
  const verdict = {
    checker,
    caller: asked.callerFingerprint,
    dialect: asked.dialect,
    kind: asked.kind,
    request_id: asked.requestId,
    digest: asked.digest,
    policy_digest: 'd0'.repeat(32),
    data_version: 'double-1',
    judged: true,
    bound: asked.kind === 'tx-signing' || asked.kind === 'keysign' ? 'raw' : 'description',
    outcome,
    codes,
    issued_at: Date.now(),
    ...said.verdict,
  }
  const exp = Math.floor(Date.now() / 1_000) + 60
  const withVerdict = said.isWithoutVerdict === true ? {} : { verdict }
  if ((said.family ?? familyOf(asked.dialect)) === 'fireblocks') {
    const action = { approve: 'APPROVE', reject: 'REJECT', unable: 'RETRY' }[outcome]
    const content = { action, requestId: asked.requestId, rejectionReason: reason, exp, ...withVerdict, ...said.reply }
    return compactToken(content, key)
  }
  const words = {
    approve: { status: 0, action: 'APPROVE' },
    reject: { status: 0, action: 'REJECT' },
    unable: { status: 30 },
  }
  const content = { ...words[outcome], request_id: asked.requestId, error: reason, ...withVerdict, ...said.reply }
  return compactToken({ package_data: Buffer.from(JSON.stringify(content)).toString('base64'), exp }, key)
}

const familyOf = (dialect: Dialect): 'cobo' | 'fireblocks' =>
  dialect === 'cobo-v1' || dialect === 'cobo-v2' ? 'cobo' : 'fireblocks'
