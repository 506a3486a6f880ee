// Lists of ids and refusals: each thing that can be wrong with them is a sentence.

import { describe, expect, test } from 'vitest'
import { CallFailure } from '../../../../loadtest/client/client.ts'
import { pictureOf } from '../../../../loadtest/client/pictures.ts'
import { compareIds, refused } from '../../../../loadtest/verify/compare-lists.ts'
import { failure } from '../../../../protocol/errors.ts'

describe('a list of ids', () => {
  const wanted = { expected: [9, 7, 5], isOrdered: true }

  test('is right as it is expected', () => {
    expect(compareIds('these', [9, 7, 5], wanted)).toEqual([])
    expect(compareIds('these', [5, 9, 7], { ...wanted, isOrdered: false })).toEqual([])
  })

  test('lacks some, has others, doubles, or is out of order', () => {
    expect(compareIds('these', [9, 5], wanted)).toEqual(['these: 1 missing, such as 7'])
    expect(compareIds('these', [9, 8, 7, 5], wanted)).toEqual([
      'these: 1 do not belong there, such as 8',
    ])
    expect(compareIds('these', [7, 9, 5], wanted)).toEqual(['these: not the newest first'])
    expect(compareIds('these', [9, 7, 5, 5], { ...wanted, isOrdered: false })).toEqual([
      'these: some stand there twice',
    ])
  })
})

describe('what has to be refused', () => {
  const refusing = (code: 'not_found' | 'forbidden') => async () => {
    throw new CallFailure(failure(code), 1)
  }

  test('is right with the code, and wrong with another one or an answer', async () => {
    expect(await refused('not_found', 'it', refusing('not_found'))).toEqual([])
    expect(await refused('not_found', 'it', refusing('forbidden'))).toEqual([
      'it is refused as forbidden instead of not_found',
    ])
    expect(await refused('not_found', 'it', async () => ({}))).toEqual([
      'it is shown, and has to be refused as not_found',
    ])
  })

  test('lets through what is no answer at all', async () => {
    const broken = async () => {
      throw new TypeError('broken')
    }
    await expect(refused('not_found', 'it', broken)).rejects.toThrow('broken')
  })
})

test('pictures are PNGs, the same for the same number', () => {
  expect(pictureOf(3).subarray(1, 4).toString()).toBe('PNG')
  expect(pictureOf(3)).toEqual(pictureOf(3))
  expect(pictureOf(3)).not.toEqual(pictureOf(4))
})
