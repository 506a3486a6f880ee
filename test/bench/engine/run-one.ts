// One measure in a process of its own, so that none measures what another left behind. Started by
// main.ts of this folder with the measure's name and the sizes; answers with the rows as JSON.

import { bytesPromised } from '../../../shard/address-space.ts'
import { atOnce } from '../../../shard/state/memory/set-aside.ts'
import { measures } from './index.ts'
import { availableBytes, type Sizes } from './measure.ts'

const [name, sizesText = '{}'] = process.argv.slice(2)
const measure = measures.find((one) => one.name === name)
if (measure === undefined) throw new Error(`there is no measure ${name}`)
const sizes = JSON.parse(sizesText) as Sizes
const [needed, available] = [measure.bytesNeeded(sizes), availableBytes()]
if (needed > available) {
  const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1)
  throw new Error(
    `${name} needs ${gigabytes(needed)} GB and ${gigabytes(available)} are available: try --users or --ring-entries`,
  )
}
// As a shard does at its start.
atOnce.bytesMax = bytesPromised()
process.stdout.write(JSON.stringify(await measure.run(sizes)))
