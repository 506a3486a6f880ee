import { faultsAround } from './registry.ts'
import { testShortForms } from './short.ts'

testShortForms(faultsAround)
