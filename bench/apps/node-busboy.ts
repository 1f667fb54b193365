import { answerWith } from './node-answer.js'
import { readWithBusboy } from './read-busboy.js'
import { serve } from './serve.js'

serve(answerWith(readWithBusboy))
