/** 32 bits, not negative: MurmurHash3 (x86, seed 0) over the first `length` words; bytes behind the text must be 0. Never leaves this process. */
export function hashWords(words: Uint32Array, length: number): number {
  let hash = 0
  for (let at = 0; at < length; at += 1) {
    let word = Math.imul(words[at] ?? 0, 0xcc9e2d51)
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593)
    hash ^= word
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64
  }
  hash ^= length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
