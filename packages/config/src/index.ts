export interface Environment { name: string }
