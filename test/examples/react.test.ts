import { describe } from 'node:test'
import { journeys } from './components.js'

describe('the example of React', () => journeys('react'))
