import { ACT_NOW, ACT_SOON, GOOD } from './colours.ts'
import type { States } from './panels.ts'

export const FROZEN: States = { 0: ['not frozen', GOOD], 1: ['FROZEN', ACT_NOW] }
export const READY: States = { 0: ['not ready', ACT_NOW], 1: ['ready', GOOD] }
export const SCRAPED: States = { 0: ['does not answer', ACT_NOW], 1: ['answers', GOOD] }
export const BREAKER: States = { 0: ['asked', GOOD], 1: ['not asked', ACT_SOON] }
