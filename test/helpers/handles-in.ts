// Handles by the partition that their users live in.

import type { Partition } from '../../protocol/ids.ts'
import { partitionOfHandle } from '../../protocol/ids.ts'

/** So many handles of one partition of 64: always the same ones. */
export function handlesIn(partition: Partition, count: number): string[] {
  const handles: string[] = []
  for (let number = 0; handles.length < count; number++) {
    const handle = `h${number}`
    if (partitionOfHandle(handle, 64) === partition) handles.push(handle)
  }
  return handles
}
