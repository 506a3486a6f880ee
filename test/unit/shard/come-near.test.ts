import { expect, test } from 'vitest'
import { comeNear, comingNearMsMax, nearMs } from '../../../shard/come-near.ts'

/** A process that takes so long for each look. */
async function looksOf(tookMs: (look: number) => number) {
  let nowMs = 0
  let looks = 0
  const settled = async (): Promise<void> => {
    nowMs += tookMs(looks++)
  }
  await comeNear(settled, () => nowMs)
  return { looks, nowMs }
}

test('it looks again until a look finds next to nothing', async () => {
  expect(await looksOf((look) => 1_000 / 4 ** look)).toMatchObject({ looks: 4 })
  expect(await looksOf(() => nearMs - 1)).toMatchObject({ looks: 1 })
})

test('where others write as fast as it applies, it begins all the same', async () => {
  const { nowMs } = await looksOf(() => nearMs)
  expect(nowMs).toBeGreaterThan(comingNearMsMax)
  expect(nowMs).toBeLessThan(comingNearMsMax + 2 * nearMs)
})
