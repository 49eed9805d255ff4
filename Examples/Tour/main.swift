import Supervision
print("--- cache"); try await supervisedCache()
print("--- football"); try await trackMatches()
print("--- tree"); try await workerTree()
print("--- dyn"); try await dynamicWorkers()
print("--- homemade"); try await homemade()
print("--- parser"); try await unsupervised()
