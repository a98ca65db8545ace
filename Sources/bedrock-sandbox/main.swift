BedrockSandboxCommand.main()
