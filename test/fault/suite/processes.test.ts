import { faultsOfProcesses } from './registry.ts'
import { testShortForms } from './short.ts'

testShortForms(faultsOfProcesses)
