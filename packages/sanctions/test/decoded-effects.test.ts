import type { Account, AddressKey, Effect } from '@callback-quorum/chains'
import type { Binding } from '@callback-quorum/checker-kit'
import { describe, expect, test } from 'vitest'
import { chainOf, codesOf, judge, paymentTo, questionOf } from './asking.ts'
import { ruleUnderTest } from './rule-under-test.ts'

