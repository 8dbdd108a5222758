import { describeContract } from '../environment.contract.ts'
import { simulated } from './simulated.ts'

describeContract(simulated)
