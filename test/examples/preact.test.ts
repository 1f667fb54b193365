import { describe } from 'node:test'
import { journeys } from './components.js'

describe('the example of Preact', () => journeys('preact'))
