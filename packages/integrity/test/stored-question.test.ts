import { readStoredQuestion, storedJson } from '@callback-quorum/checker-kit'
import { testRootPubkey } from '@callback-quorum/simulator'
import { expect, test } from 'vitest'
import { BENIGN_POLICY, BENIGN_SHAPES } from './cases/benign-shapes.ts'
import { createIntegrity } from './integrity-rig.ts'

const integrity = await createIntegrity({
  config: BENIGN_POLICY.config,
  addresses: BENIGN_POLICY.addresses(testRootPubkey()),
})

test.each(BENIGN_SHAPES)('$name is read from its record as it was judged', ({ content, dialect }) => {
  const seen = integrity.questionOf(content, dialect ?? 'cobo-v2')
  if ('codes' in seen) throw new Error(`refused: ${seen.codes.join(', ')}`)
  const { question } = seen
  const read = readStoredQuestion(JSON.parse(storedJson(question)))
  const { binding, ...described } = read
  expect(described).toEqual({ ...question, binding: undefined })
  if (question.binding === undefined || binding === undefined) {
    expect(binding).toBe(question.binding)
    return
  }
  const { isOwn, ...bound } = binding
  expect({ ...bound, isOwn: question.binding.isOwn }).toEqual(question.binding)
  expect(isOwn).toThrow('is not asked of a stored question')
})

test.each([undefined, null, 'text', {}, { businessKey: 'cobo:acme:1', outputs: {} }])(
  '%j is no stored question',
  (value) => {
    expect(() => readStoredQuestion(value)).toThrow('not the question of a verdict record')
  },
)
