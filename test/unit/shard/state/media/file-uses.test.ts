import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mediaIdOf } from '../../../../../protocol/media.ts'
import { FileUses } from '../../../../../shard/state/media/file-uses.ts'

test('a file is used as long as more tweets came than went, in whatever order', () => {
  const changes = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.constantFrom(1, -1)), { maxLength: 40 })
  fc.assert(
    fc.property(changes, (given) => {
      const uses = new FileUses()
      const id = (file: number) => mediaIdOf(Buffer.alloc(32, file), 'jpg')
      for (const [file, difference] of given) uses.add(id(file), difference)
      for (let file = 0; file < 6; file++) {
        const sum = given.filter(([one]) => one === file).reduce((left, [, d]) => left + d, 0)
        expect(uses.isUsed(id(file))).toBe(sum !== 0)
      }
    }),
  )
})
