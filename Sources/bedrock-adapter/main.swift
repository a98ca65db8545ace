BedrockAdapter.main()
