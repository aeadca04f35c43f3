import type { SubjectRole } from '../rules/subject.ts'

const PAID_ROLES: readonly SubjectRole[] = ['destination', 'spender', 'grantee']

/** Whom value goes to, or who may take it. Sources, payers and contracts are not copied from a history by mistake. */
export const isPaidRole = (role: SubjectRole): boolean => PAID_ROLES.includes(role)
