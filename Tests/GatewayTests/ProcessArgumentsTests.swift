import Gateway
import Testing

@Test("The kernel tells the same arguments as Swift")
func processArguments() {
    #expect(ProcessArguments.read() == Array(CommandLine.arguments.dropFirst()))
}
