import { existsSync } from 'node:fs'

// Elsewhere than on your machine, the environment has the variables.
if (existsSync('.env')) process.loadEnvFile()
