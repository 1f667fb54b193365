export interface Peak {
  readonly name: string
  readonly continent: string
  /** Metres. */
  readonly height: number
  readonly climbed: number
}

export const continents = [
  'Africa',
  'Antarctica',
  'Asia',
  'Europe',
  'North America',
  'Oceania',
  'South America',
]

export const peaks: readonly Peak[] = [
  { name: 'Aconcagua', continent: 'South America', height: 6961, climbed: 1897 },
  { name: 'Alpamayo', continent: 'South America', height: 5947, climbed: 1957 },
  { name: 'Annapurna', continent: 'Asia', height: 8091, climbed: 1950 },
  { name: 'Aoraki', continent: 'Oceania', height: 3724, climbed: 1894 },
  { name: 'Chimborazo', continent: 'South America', height: 6263, climbed: 1880 },
  { name: 'Denali', continent: 'North America', height: 6190, climbed: 1913 },
  { name: 'Eiger', continent: 'Europe', height: 3967, climbed: 1858 },
  { name: 'Elbrus', continent: 'Europe', height: 5642, climbed: 1874 },
  { name: 'Everest', continent: 'Asia', height: 8849, climbed: 1953 },
  { name: 'K2', continent: 'Asia', height: 8611, climbed: 1954 },
  { name: 'Kilimanjaro', continent: 'Africa', height: 5895, climbed: 1889 },
  { name: 'Logan', continent: 'North America', height: 5959, climbed: 1925 },
  { name: 'Matterhorn', continent: 'Europe', height: 4478, climbed: 1865 },
  { name: 'Mont Blanc', continent: 'Europe', height: 4806, climbed: 1786 },
  { name: 'Mount Kenya', continent: 'Africa', height: 5199, climbed: 1899 },
  { name: 'Nanga Parbat', continent: 'Asia', height: 8126, climbed: 1953 },
  { name: 'Pico de Orizaba', continent: 'North America', height: 5636, climbed: 1848 },
  { name: 'Puncak Jaya', continent: 'Oceania', height: 4884, climbed: 1962 },
  { name: 'Vinson', continent: 'Antarctica', height: 4892, climbed: 1966 },
]
